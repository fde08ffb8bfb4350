"""Feeds: well formed, whole and in order; what each entry says is in the database; ids depend on nothing but keys."""

import html
import re
import types
from xml.etree import ElementTree as ET

import pytest

from recognition.change_words import told_now
from recognition.dates import said
from recognition.edition_files import read_changes, read_manifests
from recognition.site import atom
from recognition.site.feed_editions import Told, of_edition
from recognition.site.feed_entries import entries
from recognition.site.feed_entry import urn

ATOM = "{http://www.w3.org/2005/Atom}"
CLAIMED_OR_CHANGED = """
select e.id, e.counts_from from events e join event_kinds k on k.kind = e.kind
where e.date is not null and (k.claim or e.id in (select event_id from statuses where event_id is not null))
"""
# The number of UN members that recognise before and after each change of one, counted anew from statuses and memberships.
MOVED = """
with counted as (
  select d.rule_id, d.day, sum(s.status = 'recognises') as number
  from (select distinct rule_id, since as day from statuses where event_id is not null
        union select distinct rule_id, date(since, '-1 day') from statuses where event_id is not null) d
  join statuses s on s.rule_id = d.rule_id and s.since <= d.day and (s.until is null or d.day < s.until)
  join memberships m on m.country_id = s.country_id and m.organisation_id = 'un'
    and (m.since is null or m.since <= d.day) and (m.until is null or d.day < m.until)
  group by 1, 2)
select s.event_id, r.title, s.status, s.since, b.number, a.number
from statuses s join rules r on r.id = s.rule_id
join memberships m on m.country_id = s.country_id and m.organisation_id = 'un' and (m.since is null or m.since <= s.since)
join counted a on a.rule_id = s.rule_id and a.day = s.since
left join counted b on b.rule_id = s.rule_id and b.day = date(s.since, '-1 day')
where s.event_id is not null
"""


def read(response):
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(response.content)


def links(element, rel):
    return [link.get("href") for link in element.findall(f"{ATOM}link") if link.get("rel") == rel]


def pages_of(get, path):
    """The documents of a feed, in the order of its links to the next."""
    found = []
    while path:
        found.append(read(get(path)))
        assert links(found[-1], "self") == [f"http://localhost{path}"]
        path = next((href.removeprefix("http://localhost") for href in links(found[-1], "next")), None)
    return found


OF_EDITIONS = {"edition", "another status", "correction"}  # kinds of entries that are no events


def entries_of(pages):
    """The entries about events."""
    return [entry for entry in whole(pages) if kind_of(entry) not in OF_EDITIONS]


def of_editions(pages):
    return [entry for entry in whole(pages) if kind_of(entry) in OF_EDITIONS]


def whole(pages):
    return [entry for page in pages for entry in page.findall(f"{ATOM}entry")]


def kind_of(entry):
    return entry.find(f"{ATOM}category").get("term")


def of(entry, name):
    return entry.find(f"{ATOM}{name}").text


def event_of(entry):
    (page,) = links(entry, "alternate")
    return page.removeprefix("http://localhost/recognition/events/")


@pytest.fixture(scope="module")
def all_pages(ask):
    return pages_of(ask, "/feed.atom")


def test_a_feed_has_what_atom_requires(all_pages, ask):
    for page in [
        *all_pages,
        *pages_of(ask, "/feed/countries/ghana.atom"),
        *pages_of(ask, "/feed/organisations/eu.atom"),
    ]:
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", of(page, "id")) and of(page, "title")
        assert (
            page.find(f"{ATOM}author/{ATOM}name").text
            and len(links(page, "self")) == len(links(page, "alternate")) == 1
        )
        found = whole([page])
        for element in [page, *found]:
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", of(element, "updated"))
        ids = [of(entry, "id") for entry in found]
        assert len(set(ids)) == len(ids) and all(of(entry, "title") for entry in found)
        assert all(len(links(entry, "alternate")) == 1 for entry in found)


def test_the_whole_feed_has_each_act_and_claim_once_the_newest_first(all_pages, db):
    found = entries_of(all_pages)
    days = [of(entry, "updated") for entry in whole(all_pages)]
    assert days == sorted(days, reverse=True)
    assert sorted(map(event_of, found)) == sorted(id_ for id_, _ in db.execute(CLAIMED_OR_CHANGED))
    assert {of(page, "updated")[:10] for page in all_pages} == {*next(db.execute("select published_on from edition"))}
    assert all(len(page.findall(f"{ATOM}entry")) <= 100 for page in all_pages) and len(all_pages) > 1


def test_an_entry_says_what_it_changed_under_each_rule(all_pages, db):
    told = {event_of(entry): html.unescape(of(entry, "content")) for entry in entries_of(all_pages)}
    moved = db.execute(MOVED).fetchall()
    assert len(moved) > 500
    for event, title, status, since, before, after in moved:
        before = before or 0
        number = f"still {after}" if before == after else f"{before} → {after}"
        pattern = rf"‘{re.escape(title)}’: {status} from {said(since)}[^<]*; UN members that recognise: {number}</li>"
        assert re.search(pattern, told[event]), (event, title)
    changing = {event for (event,) in db.execute("select event_id from statuses")}
    assert all(("changes no status" in text) == (event not in changing) for event, text in told.items())


def test_an_entry_names_its_claimant_and_links_to_its_documents(all_pages, db):
    sources = {}
    for event, url in db.execute(
        "select event_id, url from event_records join records r on r.id = record_id where url is not null"
    ):
        sources.setdefault(event, set()).add(url)
    whose = dict(db.execute("select id, claimant from events"))
    sentence = dict(db.execute("select name, name_in_sentence from countries"))
    for entry in entries_of(all_pages):
        event, content = event_of(entry), html.unescape(of(entry, "content"))
        assert set(links(entry, "via")) == sources.get(event, set())
        assert f", by {sentence.get(whose[event], whose[event])}: " in content


def test_an_act_without_a_day_stands_at_the_first_that_it_can_be_and_says_so(all_pages, db):
    imprecise = dict(db.execute("select id, earliest_day from events where length(date) < 10"))
    found = [(entry, event_of(entry)) for entry in entries_of(all_pages) if event_of(entry) in imprecise]
    assert len(found) > 20
    for entry, event in found:
        day = of(entry, "updated")[:10]
        assert day >= imprecise[event] and f"The day is not known; the entry stands at {said(day)}" in of(
            entry, "content"
        )
    for answer, claim in db.execute("select id, answers from events where answers is not null and date is not null"):
        days = {event_of(entry): of(entry, "updated") for entry in entries_of(all_pages)}
        if answer in days and claim in days:
            assert days[answer] >= days[claim]


def test_a_group_has_what_concerns_its_members_of_that_day(all_pages, ask, db):
    periods = {}
    for country, since, until in db.execute(
        "select country_id, coalesce(since, ''), coalesce(until, '9') from memberships where organisation_id = 'eu'"
    ):
        periods.setdefault(country, []).append((since, until))
    about = {}
    for event, country in db.execute("""
        select id, country_id from events where country_id is not null union select event_id, country_id from event_countries"""):
        about.setdefault(event, set()).add(country)
    expected = {
        event
        for event, day in db.execute(CLAIMED_OR_CHANGED)
        if any(since <= day < until for country in about.get(event, ()) for since, until in periods.get(country, ()))
    }
    found = entries_of(pages_of(ask, "/feed/organisations/eu.atom"))
    assert {event_of(entry) for entry in found} == expected and len(found) == len(expected)
    joined = {event for (event,) in db.execute("select id from events where country_id = 'croatia'")}
    assert joined.isdisjoint(expected)  # it recognised before it was a member


def test_a_country_has_all_about_it_and_all_that_it_claims_on_one_page(ask, db):
    for country, name in (("ghana", "Ghana"), ("serbia", "Serbia"), ("burkina-faso", "Burkina Faso")):
        known = {event for event, _ in db.execute(CLAIMED_OR_CHANGED)}
        own = {event for (event,) in db.execute("""
            select id from events where country_id = ? or claimant = ?
            union select event_id from event_countries where country_id = ?""", (country, name, country))}  # fmt: skip
        (page,) = pages_of(ask, f"/feed/countries/{country}.atom")
        assert {event_of(entry) for entry in entries_of([page])} == own & known
        assert page.find("{http://purl.org/syndication/history/1.0}complete") is not None
    state = [event_of(entry) for entry in entries_of(pages_of(ask, "/feed/countries/montserrat.atom"))]
    assert "united-kingdom-2008-recognition" in state  # which represents it


def test_ids_stay_wherever_the_site_is(datasette, loop, all_pages):
    """They are made of keys; without a public address links are relative, and nothing else differs."""
    made = loop.run_until_complete(entries(datasette))
    elsewhere = [ET.fromstring(atom.as_xml(one, lambda path: f"/kosovo{path}")) for one in made]
    assert [one.find("id").text for one in elsewhere] == [of(entry, "id") for entry in whole(all_pages)]
    assert all(one.find("link").get("href").startswith("/kosovo/") for one in elsewhere)
    assert urn("kosovo", "events", "ghana-2012-recognition") == "urn:uuid:8b562913-a105-5d1a-976d-53f1a7a7602a"


def test_each_edition_that_is_written_down_has_its_entry_and_one_for_each_correction(all_pages, root, ask):
    """Dated by the edition's day; a correction says what was, what is, why, and which document says so."""
    found = {of(entry, "id"): entry for entry in of_editions(all_pages)}
    expected = set()
    for number, manifest in read_manifests(root / "editions").items():
        changes = read_changes(root / "editions", number)
        if changes is None:
            continue
        expected |= {urn("kosovo", "editions", f"{number}")}
        expected |= {urn("kosovo", "editions", f"{number}", "status", row["country"]) for row in changes["statuses"]}
        entry = found[urn("kosovo", "editions", f"{number}")]
        assert links(entry, "alternate") == [f"http://localhost/changes/{number}"]
        assert all(row["words"] in html.unescape(of(entry, "content")) for row in changes["tallies"])
        for row in changes["corrections"]:
            id_ = urn("kosovo", "editions", f"{number}", "corrections", row["table"], row["key"], row["column"])
            expected.add(id_)
            entry, content = found[id_], html.unescape(of(found[id_], "content"))
            assert (
                of(entry, "title") == f"Corrected: {told_now(row['words'], row['column'])}"
                and told_now(row["words"], row["column"]) in content
            )
            assert row["why"][1:] in content and bool(row["record"]) == ("Records:" in content)
            assert of(entry, "updated")[:10] == manifest["published_on"]
            (page,) = links(entry, "alternate")
            assert ask(page.removeprefix("http://localhost")).status_code == 200, page
    assert set(found) == expected and len(found) == len(of_editions(all_pages))


def test_a_country_has_what_editions_corrected_of_it_and_no_more(all_pages, ask, db):
    about = {}
    for entry in of_editions(all_pages):
        for category in entry.findall(f"{ATOM}category"):
            if category.get("label"):
                about.setdefault(category.get("term"), []).append(of(entry, "id"))
    names = dict(db.execute("select id, name from countries"))
    assert about.keys() <= names.keys() and len(about) > 15
    for country in [*about][::4]:
        pages = pages_of(ask, f"/feed/countries/{country}.atom")
        assert [of(entry, "id") for entry in of_editions(pages)] == about[country], country
    quiet = next(country for country in names if country not in about)
    assert not of_editions(pages_of(ask, f"/feed/countries/{quiet}.atom"))


def test_an_edition_may_change_a_status_a_membership_and_what_is_gone_since():
    """Of an invented one: whom it concerns follows from the key, whatever the table; what has no page leads to the edition's."""
    site = types.SimpleNamespace(absolute_url=lambda request, path: f"https://example.org{path}")
    told = Told(
        "utopia", site, {"freedonia": "Freedonia", "sylvania": "Sylvania"}, {}, {"e-2": [{"id": "sylvania", "name": "Sylvania"}]},
        {("countries", "fredonia"): "freedonia", ("events", "e-1"): "e-2"},
        frozenset(["/recognition/events/e-2", "/recognition/countries/freedonia"]),
    )  # fmt: skip
    correction = {"column": "date", "old": "1", "new": "2", "why": "it was read again.", "record": None}
    status = {"rule": "r", "country": "fredonia", "day": "2030-01-01", "old": "recognises", "new": "contested"}
    changes = {
        "new": {"known_until": "2030-01-01"}, "tables": [], "tallies": [],
        "statuses": [{**status, "words": f"{rule}: Freedonia recognises → contested & more"} for rule in ("First", "Second")],
        "corrections": [
            {**correction, "table": "events", "key": "e-1", "address": "/recognition/events/e-1", "words": "E: date 1 → 2"},
            {**correction, "table": "memberships", "key": "un,fredonia,1", "address": "/recognition/memberships", "words": "F: since 1 → 2"},
        ],
    }  # fmt: skip
    edition, moved, event, membership = of_edition(told, {"number": 3, "published_on": "2030-02-01"}, changes)
    assert (edition.path, edition.countries) == ("/changes/3", {})
    assert edition.title == "Edition 3 of 1 February 2030: what changed"
    assert moved.title == "Edition 3 of 1 February 2030: another status of Freedonia under 2 rules"
    assert (
        moved.path == "/recognition/countries/freedonia"
        and "Second: Freedonia" in moved.content
        and "&amp;" in moved.content
    )
    assert (event.path, event.countries) == ("/recognition/events/e-2", {"sylvania": "Sylvania"})
    assert (membership.path, membership.countries) == ("/changes/3", {"freedonia": "Freedonia"})
    assert "Why: It was read again." in membership.content
    assert len({one.id for one in (edition, moved, event, membership)}) == 4
    assert {one.day for one in (edition, moved, event, membership)} == {"2030-02-01"}


@pytest.mark.parametrize(
    ("path", "status", "leads_to"),
    [
        ("/feed", 301, "/feed.atom"), ("/feed/countries/ghana", 301, "/feed/countries/ghana.atom"),
        ("/feed/countries/Ghana.atom", 301, "/feed/countries/ghana.atom"), ("/feed/organisations/EU.atom", 301, "/feed/organisations/eu.atom"),
        ("/feed.atom?rule=serbia", 302, "/feed.atom"), ("/feed/countries/ghana.atom?page=1", 302, "/feed/countries/ghana.atom"),
        ("/feed.rss", 404, None), ("/feed/countries/nowhere.atom", 404, None), ("/feed/rules/latest.atom", 404, None),
        ("/feed.atom?page=99", 400, None), ("/feed.atom?page=x", 400, None), ("/feed.atom?page=0", 400, None),
    ],
)  # fmt: skip
def test_other_addresses_lead_on_or_say_what_is_wrong(ask, path, status, leads_to):
    response = ask(path)
    assert (response.status_code, response.headers.get("location")) == (status, leads_to)


def test_pages_name_their_feed(get):
    for path, feed in (
        ("/recognition/countries/ghana", "/feed/countries/ghana.atom"), ("/recognition/organisations/eu", "/feed/organisations/eu.atom"),
        ("/tallies/eu", "/feed/organisations/eu.atom"), ("/about", "/feed.atom"),
    ):  # fmt: skip
        page = get(path).text
        (head,) = re.findall(
            r'<link rel="alternate" type="application/atom\+xml" title="([^"]+)" href="([^"]+)">', page
        )
        assert head[1] == feed
        assert f'href="{feed}"' in page.partition("<body")[2]
        assert '<a href="/feed.atom">Follow by feed</a>' in page
    assert "atom+xml" not in get("/nothing-of-that-name").text
