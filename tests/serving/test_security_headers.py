"""Every answer has the security headers, no answer shows the machine, and closed pages stay closed however they are spelt."""

import re

import pytest

from tests.browser.pages import PAGES

ANSWERS = [
    *PAGES, "/recognition.db", "/tallies.json", "/tallies.csv", "/recognition/countries.json", "/static/site.css",
    "/recognition/events.csv?_stream=on", "/robots.txt", "/sitemap.xml", "/favicon.ico", "/recognition?sql=select+zeroblob(9e9)",
]  # fmt: skip
CLOSED = (
    "databases", "versions", "plugins", "settings", "config", "threads", "metadata", "actor", "auth-token", "logout",
    "permissions", "messages", "allow-debug", "patterns",
)  # fmt: skip


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_has_the_headers(ask, path):
    headers = ask(path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "strict-transport-security" not in headers, "only where the site is reached by TLS"
    assert "set-cookie" not in headers
    assert len(headers.get_list("content-security-policy")) == 1


@pytest.mark.parametrize("name", CLOSED)
def test_pages_for_who_runs_the_site_are_closed(ask, name):
    for form in ("", ".json"):
        response = ask(f"/-/{name}{form}")
        assert response.status_code == 404
        assert not re.search(r"sqlite3|0\.65|\.venv|site-packages", response.text)


def test_no_answer_names_a_folder_of_the_machine(ask, root, built):
    for path in (*ANSWERS, "/recognition.json?sql=select+*+from+pragma_database_list", "/recognition.json", "/x/y.db"):
        text = ask(path).text
        assert str(root) not in text and str(built.parent) not in text, path


def test_the_tables_inside_an_index_are_closed(ask, db):
    shadows = [name for (name,) in db.execute("select name from pragma_table_list where type = 'shadow'")]
    assert "search_data" in shadows and len(shadows) > 15
    for name in shadows:
        assert ask(f"/recognition/{name}").status_code == 404, name
        assert ask(f"/recognition/{name}.json").status_code == 404, name
        assert ask(f"/recognition/{name.upper()}/1").status_code == 404, name


def test_tls_is_remembered(datasette, loop):
    datasette._settings["force_https_urls"] = True
    try:
        response = loop.run_until_complete(datasette.client.get("/tallies?as_of=2014-04-04"))
    finally:
        datasette._settings["force_https_urls"] = False
    assert response.headers["strict-transport-security"] == "max-age=31536000"
