"""Figures and preview pictures: what is written in them is what the site counts, all of it is drawn, and nothing runs out of them."""

import re
import struct
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from recognition.dates import said
from recognition.serving.drawer import ENDINGS, answer
from recognition.site.asked import asked
from recognition.site.card_pictures import HEIGHT, WIDTH, clauses, picture_of
from recognition.site.cards import card_of
from recognition.site.colours import colours_of
from recognition.site.lettering import ELLIPSIS, FONTS, LOOKS, fitting, is_drawn, lines_of, width_of
from tests.conftest import TODAY

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"
FACES = {(look.family, str(look.weight)): face for face, look in LOOKS.items()}
FIGURES = {  # the page, its question, the organisation that is counted, its day and rule
    "map": ("/map", "", "un", TODAY, "latest"),
    "map of another day": ("/map", "?rule=uncontested&as_of=2020-01-01", "un", "2020-01-01", "uncontested"),
    "time": ("/timeline", "?rule=article&as_of=2015-01-01", "un", "2015-01-01", "article"),
    "time of a group": ("/timeline", "?organisation=nato", "nato", TODAY, "latest"),
    "tally": ("/tallies/eu", "?as_of=2012-06-01", "eu", "2012-06-01", "latest"),
}
COUNTED = """
select recognising, members from tally_history where organisation_id = ? and rule_id = ? and since <= ? and (until is null or until > ?)
"""


def counted(db, organisation, rule, day):
    return db.execute(COUNTED, (organisation, rule, day, day)).fetchone()


def words_of(svg):
    """All that is written in a picture, line after line."""
    return " ".join("".join(element.itertext()) for element in svg.iter(f"{SVG}text"))


def is_png(data):
    """The width and height that a PNG says it has."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR"
    return struct.unpack(">II", data[16:24])


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_says_title_rule_day_and_source(get, db, rules, name):
    page, query, organisation, day, rule = FIGURES[name]
    response = get(f"{page}.svg{query}")
    assert response.headers["content-type"].startswith("image/svg+xml")
    svg = ElementTree.fromstring(response.text)
    words = words_of(svg)
    recognising, members = counted(db, organisation, rule, day)
    number, published = db.execute("select number, published_on from edition").fetchone()
    assert f"{recognising} of {members} " in words and f"‘{rules[rule]}’" in words and said(day) in words
    assert f"edition {number} of {said(published)}" in words and f"http://localhost{page}" in words
    title = svg.find(f"{SVG}title").text
    assert title in words and svg.find(f"{SVG}desc").text.startswith(f"{recognising} of {members} ")
    assert response.headers["content-disposition"].endswith(f'-edition-{number}-{day}.svg"')
    assert response.headers["link"].startswith(f"<http://localhost{page}")


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_needs_nothing_from_outside(get, name):
    """Neither what a browser would refuse (styles, scripts) nor what would be missing once it is saved."""
    page, query, *_ = FIGURES[name]
    svg = ElementTree.fromstring(get(f"{page}.svg{query}").text)
    ids = [element.get("id") for element in svg.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in svg.iter():
        assert element.tag.removeprefix(SVG) not in ("style", "script", "image", "foreignObject", "a")
        assert not {"style", "class"} & set(element.attrib)
        for value in element.attrib.values():
            for local in re.findall(r"url\(#([^)]+)\)", value):
                assert local in ids
        if XLINK in element.attrib:
            assert element.get(XLINK).removeprefix("#") in ids


def test_each_state_on_the_map_looks_as_its_status(get, db):
    svg = ElementTree.fromstring(get("/map.svg?rule=latest&as_of=2019-06-01").text)
    drawn = {group.get("id"): len(group) for group in svg.iter(f"{SVG}g") if group.get("id")}
    for status, look in (("recognises", "recognises"), ("withdrew", "withdrew"), ("does not recognise", "none")):
        shapes = db.execute(
            """select h.d is not null, count(*) from shapes h join statuses s on s.country_id = h.country_id
            where s.rule_id = 'latest' and s.status = ? and s.since <= '2019-06-01' and (s.until is null or s.until > '2019-06-01')
            group by 1""",
            (status,),
        )
        for is_shape, number in shapes:
            assert drawn[f"{look}-{'shapes' if is_shape else 'circles'}"] == number, status


def test_the_line_over_time_ends_at_the_count_of_the_day(get, db):
    svg = ElementTree.fromstring(get("/timeline.svg?as_of=2018-01-01").text)
    recognising, members = counted(db, "un", "latest", "2018-01-01")
    line = [element for element in svg.iter(f"{SVG}polyline") if not element.get("stroke-dasharray")][0]
    x, y = map(float, line.get("points").split()[-1].split(","))
    area = next(float(rule.get("y1")) for rule in svg.iter(f"{SVG}line") if rule.get("y1") == rule.get("y2"))
    assert y == pytest.approx(area * (1 - recognising / members), abs=0.1)
    assert x == max(float(rule.get("x2")) for rule in svg.iter(f"{SVG}line") if rule.get("y1") == rule.get("y2"))


def test_a_picture_has_its_letters(get):
    """A picture without a font would have no letters, and would be the same as one of which they were taken away."""
    response = get("/tallies/eu.png?as_of=2012-06-01")
    assert response.headers["content-type"] == "image/png"
    text = get("/tallies/eu.svg?as_of=2012-06-01").text
    svg = ElementTree.fromstring(text)
    width, height = is_png(response.content)
    assert width == 1600 and height == pytest.approx(1600 * int(svg.get("height")) / int(svg.get("width")), abs=1)
    fonts = sorted(str(path) for path in FONTS.iterdir() if path.suffix in ENDINGS)
    small = {"svg": text, "width": 400, "seconds": 1}
    head, without = answer({**small, "svg": re.sub("<text.*?</text>", "", text)}, fonts)
    assert head == {} and is_png(without)[0] == 400
    assert len(answer(small, fonts)[1]) > 1.5 * len(without) and answer(small, [])[1] == without
    assert len(response.content) > 3 * len(answer(small, fonts)[1])


def test_what_no_picture_can_be_made_of_is_said():
    head, body = answer({"svg": "<svg", "width": 10, "seconds": 1}, [])
    assert head["problem"] == "invalid" and head["sentence"] and not body


def test_formats_and_questions_that_there_are_not_are_refused(get):
    assert get("/map.gif").status_code == get("/timeline.pdf").status_code == 404
    assert get("/map.svg?rule=nonsense").status_code == get("/tallies/eu.png?as_of=yesterday").status_code == 400
    assert get("/tallies/nowhere.svg").status_code == 404
    assert get("/map.svg?colour=red").headers["location"] == "/map.svg"


def test_every_name_can_be_drawn(db):
    """No font of the pictures has every script: a name that needs another one needs another font."""
    for table, column in (
        ("countries", "name"), ("organisations", "name"), ("rules", "title"), ("published_counts", "publisher"), ("votes", "body"),
        ("votes", "question"), ("headings", "title"),
    ):  # fmt: skip
        for (name,) in db.execute(f"select {column} from {table}"):
            assert is_drawn(name, "strong") and is_drawn(name, "text"), name
    assert not is_drawn("Косово 科索沃", "text") and is_drawn("Косово", "text")


def test_lines_are_no_wider_than_they_may_be():
    text = "Organisation for Security and Co-operation in Europe, and an unbelievablylongwordthatfitsnowhere at all"
    for at_most in (1, 2, 5):
        lines = lines_of(text, "heading", 40, 300, at_most)
        assert 1 <= len(lines) <= at_most
        assert all(width_of(line, "heading", 40) <= 300 for line in lines)
        assert lines[-1].endswith(ELLIPSIS) or at_most == 5
    assert lines_of("Short", "text", 20, 300, 1) == ["Short"]
    assert fitting("Short", "text", 20, 300, 10) == 20 and fitting("m" * 100, "text", 20, 300, 2) < 20
    assert width_of("mm", "text", 10) > width_of("ii", "text", 10) > 0
    assert 0.9 * 10 < width_of("W", "text", 10) < 1.2 * 10  # of Inter, whose W is about as wide as high


def test_no_claim_is_cut_in_the_middle():
    assert [*clauses("A withdrew; B denied it; C said no.")] == [
        "A withdrew; B denied it; C said no.", "A withdrew; B denied it; …", "A withdrew; …",
    ]  # fmt: skip


def test_the_colours_are_those_of_the_pages(root):
    colours = colours_of((root / "static" / "site.css").read_text("utf-8"))
    assert colours.light.keys() == colours.dark.keys()
    assert {
        "paper",
        "ink",
        "quiet",
        "recognises",
        "contested",
        "withdrew",
        "none",
        "map-none",
        "map-dark",
    } <= colours.light.keys()
    assert colours.light["paper"] > "#f00000" and colours.dark["paper"] < "#400000"
    assert colours_of(":root {\n  --a: #000000;\n}\nx { fill: var(--b, #111111) }\n").light == {
        "a": "#000000",
        "b": "#111111",
    }


def cards(db):
    """Kind and key of preview pictures: those with the longest words, and one of each that differs otherwise."""
    longest = {
        "countries": "select id from countries order by length(name) desc limit 2",
        "tallies": "select id from organisations order by length(name) desc limit 2",
        "counts": "select id from published_counts order by length(publisher) desc limit 2", "votes": "select id from votes",
    }  # fmt: skip
    found = [(kind, key) for kind, sql in longest.items() for (key,) in db.execute(sql)]
    found += [("countries", key) for key in ("ghana", "kosovo", "montserrat", "suriname", "nauru", "fiji")]
    found += [("tallies", "imf"), ("tallies", "all-states"), ("site", "all"), ("bridges", "all")]
    return [
        *found,
        *(
            ("counts", key)
            for (key,) in db.execute("select count_id from count_explanations where counted_on is null limit 1")
        ),
    ]


def test_nothing_runs_out_of_a_preview_picture(datasette, loop, db):
    """Every text begins and ends inside of the picture, and none stands on another."""

    async def draw(kind, key):
        ask = await asked(datasette)
        return await picture_of(datasette, await card_of(datasette, ask, kind, key), ask)

    for kind, key in cards(db):
        svg = ElementTree.fromstring(loop.run_until_complete(draw(kind, key)))
        boxes = []
        for text in svg.iter(f"{SVG}text"):
            size, x, y = (float(text.get(name)) for name in ("font-size", "x", "y"))
            wide = width_of(text.text, FACES[text.get("font-family"), text.get("font-weight")], size)
            left = x - wide if text.get("text-anchor") == "end" else x
            assert left >= 0 and left + wide <= WIDTH - 20 and size < y <= HEIGHT - 8, (kind, key, text.text)
            assert size >= 15, (kind, key, text.text)
            # only a whole clause is left out
            assert not text.text.endswith(ELLIPSIS) or text.text.endswith(f"; {ELLIPSIS}"), (kind, key, text.text)
            boxes.append((left, left + wide, y - 0.7 * size, y, text.text))
        for number, one in enumerate(boxes):
            for other in boxes[:number]:
                apart = one[0] >= other[1] or other[0] >= one[1] or one[2] >= other[3] or other[2] >= one[3]
                assert apart, (kind, key, one[-1], other[-1])


def test_every_dossier_count_and_vote_has_a_picture(datasette, loop, db):
    async def told(kind, key):
        card = await card_of(datasette, await asked(datasette), kind, key)
        return card.title, card.alt

    for kind, table in (
        ("countries", "countries"),
        ("tallies", "organisations"),
        ("counts", "published_counts"),
        ("votes", "votes"),
    ):
        for (key,) in db.execute(f"select id from {table} order by id limit 20"):
            title, alt = loop.run_until_complete(told(kind, key))
            assert title and title in alt


@pytest.mark.parametrize(
    ("page", "picture", "words"),
    [
        ("/", "/preview/site/all.png", "UN members recognise"),
        ("/recognition/countries/ghana", "/preview/countries/ghana.png", "Withdrew on 7 November 2019"),
        ("/recognition/countries/ghana?rule=uncontested&as_of=2016-01-01",
         "/preview/countries/ghana.png?rule=uncontested&as_of=2016-01-01", "Has recognised since 23 January 2012"),
        ("/recognition/organisations/eu", "/preview/tallies/eu.png", "recognise"),
        ("/tallies/nato?organisation=eu", "/preview/tallies/nato.png", "recognise"),
        ("/counts/ap-2018-02-17", "/preview/counts/ap-2018-02-17.png", "according to AP"),
        ("/votes/pace-2024", "/preview/votes/pace-2024.png", "The motion was"),
        ("/counts/compare", "/preview/bridges/all.png", "Which states make the difference?"),
    ],
)  # fmt: skip
def test_a_page_names_its_picture_in_words_too(get, rules, page, picture, words):
    response = get(page)
    assert response.status_code == 200
    head = BeautifulSoup(response.text, "html.parser").head

    def said_of(name):
        (found,) = head.select(f"meta[property='{name}']")
        return found["content"]

    assert said_of("og:image") == f"http://localhost{picture}"
    assert (said_of("og:image:width"), said_of("og:image:height"), said_of("og:image:type")) == (
        str(WIDTH),
        str(HEIGHT),
        "image/png",
    )
    alt = said_of("og:image:alt")
    assert words in alt and re.search(r" 20[012]\d\b", alt)
    assert head.select_one("meta[name='twitter:card']")["content"] == "summary_large_image"


def test_the_picture_of_the_front_page_has_the_number_of_the_day(get, datasette, loop, db):
    card = loop.run_until_complete(card_of(datasette, loop.run_until_complete(asked(datasette)), "site", "all"))
    assert card.number == str(counted(db, "un", "latest", TODAY)[0]) and said(TODAY) in card.under
    response = get("/preview/site/all.png")
    assert is_png(response.content) == (WIDTH, HEIGHT) and response.headers["content-type"] == "image/png"
    assert response.headers["etag"], "it is kept"
    for path in ("/preview/site/ghana.png", "/preview/nothing/all.png", "/preview/countries/nowhere.png"):
        assert get(path).status_code == 404
    assert not BeautifulSoup(get("/search?q=x").text, "html.parser").select("meta[property='og:image']")
