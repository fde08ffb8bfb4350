"""Pages are made in turns: while a large one is made, others go on."""

import asyncio
import traceback

import pytest
from jinja2 import DictLoader, Environment, UndefinedError

from recognition.serving import rendering
from recognition.serving.rendering import InTurns, in_turns

TEMPLATES = {
    "base": "<{% block content %}{% endblock %}>",
    "page": "{% extends 'base' %}{% block content %}{% for n in range(many) %}{{ n }},\n{% endfor %}{% endblock %}",
    "wrong": "one\ntwo {{ nothing.at.all }}\n",
}


@pytest.fixture
def environments():
    """One whose templates are rendered in turns, and Jinja's own."""
    ours, stock = (Environment(loader=DictLoader(TEMPLATES), enable_async=True) for _ in range(2))
    in_turns(ours)
    return ours, stock


def test_others_go_on_while_a_page_is_made(environments, loop, monkeypatch):
    monkeypatch.setattr(rendering, "TURN", -1)  # each piece is a turn, however fast the machine is
    ours, stock = environments
    turns = 0

    async def others():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def both():
        other = asyncio.ensure_future(others())
        pages = [await env.get_template("page").render_async(many=500) for env in (stock, ours)]
        other.cancel()
        return pages

    expected, page = loop.run_until_complete(both())
    assert page == expected
    assert turns >= 500


def test_a_fault_is_found_in_the_template(environments, loop):
    lines = []
    for env in environments:
        with pytest.raises(UndefinedError, match="'nothing' is undefined") as fault:
            loop.run_until_complete(env.get_template("wrong").render_async())
        lines.append([line.lineno for line in traceback.extract_tb(fault.tb) if line.filename == "<template>"])
    assert lines == [[2], [2]]


def test_every_page_of_the_site_is_made_in_turns(datasette, ask, root):
    assert ask("/about").status_code == 200  # the site has started
    names = [path.relative_to(root / "templates").as_posix() for path in (root / "templates").rglob("*.html")]
    assert len(names) > 20
    assert {type(datasette.jinja_env.get_template(name)) for name in names} == {InTurns}
