"""Pictures are drawn one at a time and in turns, by a process that can fail without the site."""

import asyncio

import pytest

from recognition.serving import workers
from recognition.serving.workers import OF_ONE_AT_MOST, TooBusy, Workers
from recognition.site import card_pictures, figures
from tests.patience import PATIENCE

SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9h-9z"/></svg>'


def drawing(svg=SQUARE):
    return {"svg": svg, "width": 9, "seconds": PATIENCE}


@pytest.fixture
def pool(datasette, loop):
    """A process of its own, which is ended after the test."""
    loop.run_until_complete(datasette.invoke_startup())
    pool = Workers(datasette.opened_file, datasette.pictures.command, "a picture", 1)
    yield pool

    async def end():
        await asyncio.gather(*pool.replacing)
        await asyncio.gather(*(process.end() for process in pool.idle))

    loop.run_until_complete(end())


def test_who_wants_many_pictures_waits_for_them_and_nobody_else_does(pool, loop):
    order = []

    async def ask(visitor):
        head, body = await pool.ask(visitor, drawing())
        order.append(visitor)
        return body

    async def asked():
        many = [asyncio.ensure_future(ask("many")) for _ in range(OF_ONE_AT_MOST + 5)]
        await asyncio.sleep(0)
        one = asyncio.ensure_future(ask("one"))
        return await asyncio.gather(one, *many, return_exceptions=True)

    one, *many = loop.run_until_complete(asked())
    assert one.startswith(b"\x89PNG") and order.index("one") <= 2
    refused = [answer for answer in many if isinstance(answer, TooBusy)]
    assert len(refused) >= 4 and all("waiting already" in str(problem) for problem in refused)
    assert all(isinstance(answer, TooBusy) or answer == one for answer in many)
    assert len(pool.idle) == 1, "one process has drawn them all"


def test_what_cannot_be_drawn_or_takes_too_long_is_said_and_the_next_is_drawn(pool, loop):
    head, body = loop.run_until_complete(pool.ask("one", drawing("<svg")))
    assert head["problem"] == "invalid" and not body
    head, body = loop.run_until_complete(pool.ask("one", {**drawing(), "width": 20_000, "seconds": -0.3}))
    assert head["problem"] == "too long"
    assert loop.run_until_complete(pool.ask("one", drawing()))[1].startswith(b"\x89PNG")


def test_a_site_whose_pictures_cannot_be_drawn_says_so(get, datasette, loop):
    """Such as one that was installed without its fonts."""
    whole = datasette.pictures
    datasette.pictures = Workers(datasette.opened_file, ("drawer", "/nowhere"), "a picture", 1)
    try:
        answer = get("/tallies/eu.png?as_of=2013-01-01")
    finally:
        datasette.pictures = whole
    assert answer.status_code == 503 and "a picture" in answer.text and "/nowhere" not in answer.text
    assert get("/tallies/eu.svg?as_of=2013-01-01").status_code == 200


@pytest.mark.parametrize("full", ["OF_ONE_AT_MOST", "OF_ALL_AT_MOST"])
@pytest.mark.parametrize("path", ["/map.png", "/timeline.png", "/tallies/eu.png", "/preview/tallies/eu.png"])
def test_nothing_is_drawn_for_a_picture_that_finds_no_place(get, datasette, monkeypatch, full, path):
    """Colours are the first that each drawing asks for."""
    begun = []
    for module in (figures, card_pictures):
        monkeypatch.setattr(module, "colours", lambda site, made=module.colours: begun.append(path) or made(site))
    with monkeypatch.context() as patch:
        patch.setattr(workers, full, 0)
        answer = get(f"{path}?as_of=2013-01-02")
    assert answer.status_code == 503 and answer.headers["retry-after"] and not begun
    assert get(f"{path}?as_of=2013-01-02").status_code == 200 and begun
    assert not datasette.pictures.making


def test_a_question_that_is_being_made_has_its_place(pool, loop, monkeypatch):
    """Whoever comes meanwhile finds one less; who fails while making gives it back."""
    monkeypatch.setattr(workers, "OF_ALL_AT_MOST", 2)
    with pool.place("one"), pool.place("two"), pytest.raises(TooBusy), pool.place("three"):
        pass
    with pytest.raises(ZeroDivisionError), pool.place("one"):
        _ = 1 / 0
    assert not pool.making
    assert loop.run_until_complete(pool.ask("three", drawing()))[1].startswith(b"\x89PNG")
