"""SQLite in WebAssembly, in a page of another site, asks the file in ranges and gets a few pages of it."""

from pathlib import Path

import pytest

from tests.browser.conftest import address, chromium  # noqa: F401
from tests.browser.other_site import other_site
from tests.clients.node import installed

OPEN = """
async ([script, file, size]) => {
  await new Promise((done, failed) => {
    const tag = Object.assign(document.createElement('script'), {src: script, onload: done, onerror: failed});
    document.head.append(tag);
  });
  const config = {serverMode: 'full', url: file, requestChunkSize: size};
  window.opened = await createDbWorker([{from: 'inline', config}], '/sqlite.worker.js', '/sql-wasm.wasm');
}
"""
ASK = "sql => opened.db.query(sql)"
ASKED = (
    "select name, status, recognised_on from countries where id = 'ghana'",
    "select recognising, members from tallies where organisation_id = 'un' order by rule_id",
    "select title from search where search match 'burma' order by rowid",
    "select count_id, agreeing_rules from count_explanations where outcome = 'reproduced' order by count_id",
)


@pytest.fixture
def page():
    """A tab of a browser that ends with the test: in-process tests of other files cannot run beside it."""
    folder = installed(Path(__file__).parent / "ranges") / "node_modules" / "sql.js-httpvfs" / "dist"
    with other_site([folder]) as elsewhere, chromium() as browser, browser.new_context() as context:
        page = context.new_page()
        page.goto(elsewhere)
        yield page


def test_the_file_is_asked_in_ranges_from_another_site(page, address, db, built):  # noqa: F811
    file, answers, size = f"{address}/recognition.db", [], built.stat().st_size
    page.on("response", lambda response: answers.append(response) if response.url == file else None)
    page.evaluate(OPEN, ["/index.js", file, 4096])
    assert page.evaluate(ASK, "select sqlite_version() as version")[0]["version"].startswith("3.35.")
    for sql in ASKED:
        expected = [list(row) for row in db.execute(sql)]
        assert expected and [list(row.values()) for row in page.evaluate(ASK, sql)] == expected, sql
    first, *parts = answers
    assert (first.request.method, first.status) == ("HEAD", 200)
    assert {part.status for part in parts} == {206} and len({part.headers["etag"] for part in parts}) == 1
    read = sum(int(part.headers["content-length"]) for part in parts)
    assert 0 < read < size / 3, f"{read} of {size} bytes were read"
    print(f"{len(parts)} parts, {read} of {size} bytes")
