"""Every link of the site leads somewhere: from the front page on, addresses answer and #anchors are on their pages."""

from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit
from zlib import crc32

HOME = "http://localhost/"
# Besides the front page: pages that are reached by typing and not by a link.
STARTS = ("/", "/search?q=ghana", "/search?q=Serbya", "/search?q=xqzvw+ghana", "/recognition?sql=select+1")
QUESTIONS = 4  # about one path that are asked; all of them with --whole
# Pages and files of one kind (rows of a table, tallies) that are asked, and of those found later one in so many; all with --whole.
ROWS, ONE_IN = 6, 16
MOST = 12_000  # pages and files; more than that is a trap for crawlers


class Links(HTMLParser):
    """The addresses that a page leads to or is made of, those that its forms ask, and the names of its parts."""

    def __init__(self, text):
        super().__init__()
        self.addresses, self.forms, self.anchors = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.addresses += [attributes[name] for name in ("href", "src", "xlink:href") if attributes.get(name)]
        self.forms += [attributes["action"]] if attributes.get("action") else []
        self.anchors |= {attributes[name] for name in ("id", "name") if attributes.get(name)}


def followed(address):
    """Whether an address is looked at: on this site, and none of Datasette's countless sortings, facets and queries."""
    parts = urlsplit(address)
    datasette = parts.path.startswith(("/recognition/", "/-/")) or parts.path == "/recognition"
    return parts.netloc == "localhost" and not (datasette and parts.query)


def left_out(path, rows):
    """Whether a path is one of the many of its kind of which a sample does; `rows` counts those met."""
    place, _, row = path.rpartition("/")
    kind = place, row.rpartition(".")[2] if "." in row else ""
    rows[kind] += bool(place)
    return bool(place) and rows[kind] > ROWS and crc32(path.encode()) % ONE_IN != 0


def test_every_link_resolves(get, pytestconfig):
    """Every kind of page is read; with --whole, all pages are."""
    whole = pytestconfig.getoption("whole")
    most = MOST if whole else QUESTIONS
    asked, rows = Counter(), Counter()
    found_on = {urljoin(HOME, start): "the start" for start in STARTS}
    waiting, read, anchors, wanted, broken = list(found_on), set(), {}, {}, []
    while waiting:
        address = waiting.pop(0)
        parts = urlsplit(address)
        asked[parts.path] += 1
        if asked[parts.path] > most or (not whole and left_out(parts.path, rows)):
            continue
        response = get(address.removeprefix("http://localhost"))
        if response.status_code != 200:
            broken.append(f"{address} answers {response.status_code}, linked on {found_on[address]}")
            continue
        if "html" not in response.headers["content-type"]:
            continue
        page = Links(response.text)
        anchors[address] = page.anchors
        if parts.path in read and found_on[address] != "the start":
            continue  # the links of a page are followed once, not for every day and rule that it can be asked for
        read.add(parts.path)
        for link in page.addresses:
            target, anchor = urldefrag(urljoin(address, link))
            if not followed(target):
                continue
            if target not in found_on:
                found_on[target] = address
                waiting.append(target)
            if anchor:
                wanted.setdefault((target, anchor), address)
        assert len(found_on) < MOST, f"no end of addresses, the last: {list(found_on)[-5:]}"
    for (target, anchor), address in wanted.items():
        if target in anchors and anchor not in anchors[target]:
            broken.append(f"{target} has no #{anchor}, linked on {address}")
    assert broken == []
    paths = {urlsplit(address).path for address in found_on}
    assert {"/tallies/eu", "/counts/serbia-2023", "/recognition/countries/spain", "/recognition.db"} <= paths
