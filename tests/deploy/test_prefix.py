"""The site below a prefix of another one's: behind an nginx that keeps the prefix and one that takes it off.

From a page of every kind on, each address in pages, JSON and headers is inside of the prefix, has it once, and answers.
`--whole` follows all of them, else a sample is followed, drawn with a seed.
"""

import json
import os
import random
import re
import signal
import subprocess
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
import pytest

from deploy.loopback import MAIN, WAIT, Replica, delivered, free_port, listening, until
from tests.patience import PATIENCE, unhurried
from tests.seen.addresses import PAGES

PREFIX = "/kosovo/"
PUBLIC = "https://example.org"
ADDRESS = PUBLIC + PREFIX
SERVER = "server {{ listen 127.0.0.1:{port}; include {folder}/location.conf; }}\n"
SEED, SAMPLE, WHOLE = 19, 40, 3000  # addresses that are asked for: filters of tables lead on without an end
QUESTIONS_OF_A_PAGE = (
    12  # rules, days, orders, filters and facets of one page that are followed of their countless ones
)


class Addresses(HTMLParser):
    """The addresses in a page: links, forms, files, and those that its scripts read."""

    NAMES = ("href", "src", "xlink:href", "action", "data-json", "data-rules", "data-url")

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.found += [attributes[name] for name in self.NAMES if attributes.get(name)]
        if tag == "meta" and attributes.get("property") == "og:url":
            self.found.append(attributes["content"])


def in_json(value, names, key=""):
    """The addresses in JSON: what stands under one of these names."""
    if isinstance(value, dict):
        return [address for name, inner in value.items() for address in in_json(inner, names, name)]
    if isinstance(value, list):
        return [address for inner in value for address in in_json(inner, names, key)]
    return [value] if isinstance(value, str) and key in names else []


def addresses_in(response):
    """The addresses that an answer names, with #fragments."""
    kind = response.headers.get("content-type", "")
    found = [response.headers["location"]] if "location" in response.headers else []
    found += re.findall(r"<([^>]+)>", response.headers.get("link", ""))
    if kind.startswith("text/html"):
        found += Addresses(response.text).found
    elif "json" in kind:
        # columns of tables are data, whatever they are called
        names = {"next_url", "toggle_url"} | ({"url"} if "/recognition" not in response.url.path else set())
        found += in_json(response.json(), names) if "_nl" not in str(response.url) else []
    elif "xml" in kind and "svg" not in kind:
        found += re.findall(r'<loc>([^<]+)|template="([^"?{]+)', response.text)
        found = [address if isinstance(address, str) else "".join(address) for address in found]
    elif str(response.url).endswith("robots.txt"):
        found += re.findall(r"^Sitemap: (\S+)", response.text, re.MULTILINE)
    return found


@pytest.fixture(scope="module")
def below(root, built, tmp_path_factory):
    """A replica that is served below the prefix."""
    folder = unhurried(delivered(root, built, tmp_path_factory.mktemp("below") / "site"))
    settings = folder / "settings.json"
    settings.write_text(json.dumps(json.loads(settings.read_text("utf-8")) | {"base_url": PREFIX}), "utf-8")
    replica = Replica(folder, address=ADDRESS)
    yield replica
    replica.stop()


@pytest.fixture(scope="module", params=["prefix-kept", "prefix-stripped"])
def client(request, root, below, nginx_program, tmp_path_factory):
    """A client of nginx with one of the two files of deploy/nginx."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    (folder / "temporary").mkdir()
    text = (root / f"deploy/nginx/{request.param}.conf").read_text("utf-8")
    assert "127.0.0.1:8001" in text
    (folder / "location.conf").write_text(text.replace("127.0.0.1:8001", f"127.0.0.1:{below.port}"))
    (folder / "kosovo.conf").write_text(SERVER.format(port=port, folder=folder))
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user="user root;\n" if os.geteuid() == 0 else ""))
    command = [nginx_program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    until(lambda: listening(port), process, folder / "error.log")
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as asking:
        yield asking
    process.send_signal(signal.SIGQUIT)
    process.wait(WAIT)


class Crawl:
    """What was found and asked; `wrong` are sentences."""

    def __init__(self, client, most, random):
        self.client, self.most, self.random = client, most, random
        self.found_on, self.waiting, self.questions = {}, [], {}
        self.asked, self.wrong, self.refused = 0, [], set()

    def add(self, address, on):
        """Look at an address that stands on a page, and note it to be asked for where it is one of this site."""
        full = urljoin(PUBLIC + on, urldefrag(address)[0])
        parts = urlsplit(full)
        if f"{parts.scheme}://{parts.netloc}" != PUBLIC or address.startswith("#"):
            return
        path = full.removeprefix(PUBLIC)
        if not path.startswith(PREFIX):
            self.wrong.append(f"{address} on {on} leads out")
        elif path.startswith(PREFIX + PREFIX.strip("/")):
            self.wrong.append(f"{address} on {on} has the prefix twice")
        elif path not in self.found_on and self.is_followed(parts):
            self.found_on[path] = on
            self.waiting.append(path)

    def is_followed(self, parts):
        if not parts.query:
            return True
        self.questions[parts.path] = self.questions.get(parts.path, 0) + 1
        return self.questions[parts.path] <= QUESTIONS_OF_A_PAGE

    def run(self, starts):
        for start in starts:
            self.add(start, PREFIX)
        first = len(self.waiting)
        while self.waiting and self.asked < first + self.most:
            at = 0 if self.asked < first else self.random.randrange(len(self.waiting))
            path = self.waiting.pop(at)
            self.asked += 1
            answer = self.client.get(path)
            # some of the first are refused on purpose, and lead to the same question in another format
            refused = answer.status_code == 400 and self.found_on[path] in self.refused
            if 400 <= answer.status_code < 500 and self.asked <= first:
                self.refused.add(path)
            elif answer.status_code >= 400 and not refused:
                self.wrong.append(f"{path} answers {answer.status_code}, found on {self.found_on[path]}")
            for address in addresses_in(answer):
                self.add(address.replace("{{id}}", "ghana"), path)  # as a program fills in the pattern of an address


def starts():
    """A page of every kind, as they are kept in tests/seen, with the prefix."""
    extra = [
        "/recognition?sql=select+x'00'+as+mark", "/recognition.csv?sql=select+x'00'+as+mark", "/recognition.json?sql=select+1",
        "/recognition/events?_facet_date=date", "/recognition/events.json?_facet_date=date&_size=2", "/recognition/countries?_where=1",
        "/recognition/countries.json?_facet_array=organisations&_size=2", "/recognition/countries.jsono?_size=1",
        "/recognition/countries?_filter_column_1=name&_filter_op_1=contains&_filter_value_1=guinea", "/tallies/EU/",
        "/recognition/countries?_sort=name&_sort_by_desc=on", "/recognition/countries/Ghana", "/recognition/countries/", "/map/",
        "/search.json?q=kosovo&page=2", "//map", "/recognition/countries/Ivory%20Coast",
    ]  # fmt: skip
    return [PREFIX + page[1:] for page in [*extra, *(page for pages in PAGES.values() for page in pages)]]


def test_every_address_is_inside_and_answers(client, pytestconfig):
    most = WHOLE if pytestconfig.getoption("whole") else SAMPLE
    crawl = Crawl(client, most, random.Random(SEED))
    crawl.run(starts())
    assert crawl.wrong == [], "\n".join(crawl.wrong)
    wanted = (
        "tallies/eu",
        "search.json?q=ghana",
        "recognition.db",
        "recognition/countries/spain",
        "map.json?rule=latest",
    )
    assert {PREFIX + path for path in wanted} <= {re.sub(r"\?[0-9a-f]{20}$", "", path) for path in crawl.found_on}


def test_suggestions_and_countries_of_the_map_lead_on(client):
    hits = client.get(PREFIX + "search.json", params={"q": "guinea"}).json()["results"]
    countries = re.findall(r'<a href="([^"]+)" class="map-', client.get(PREFIX + "map").text)
    assert len(hits) > 3 and len(countries) > 190
    for path in [hit["url"] for hit in hits] + random.Random(SEED).sample(countries, 10):
        assert path.startswith(PREFIX) and client.get(path).status_code == 200, path


def test_what_must_be_absolute_begins_with_the_public_address(client):
    page = client.get(PREFIX + "recognition/countries/ghana", headers={"host": "evil.example"}).text
    assert f'<link rel="canonical" href="{ADDRESS}recognition/countries/ghana">' in page and "evil.example" not in page
    table = client.get(PREFIX + "recognition/countries.json", params={"_size": 2}).json()
    assert table["next_url"].startswith(f"{ADDRESS}recognition/countries.json?")
