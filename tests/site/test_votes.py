"""Votes: how a country chose, in a sentence that follows the direction of the vote."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from recognition.site.votes import votes_of

SAID = "{% import '_votes.html' as votes with context %}{{ votes.choice_said(vote) }}"


@pytest.fixture(scope="module")
def said(datasette, loop, get):
    """said(country) is {vote: its sentence} for every vote of a country."""
    get("/about")  # the site is set up by its first answer

    async def sentences(country):
        template = datasette.jinja_env.from_string(SAID)
        votes = await votes_of(datasette, country)
        return {vote["vote"]: await datasette.render_template(template, {"vote": vote}) for vote in votes}

    def text(country):
        found = loop.run_until_complete(sentences(country))
        return {
            vote: " ".join(BeautifulSoup(markup, "html.parser").get_text().split()) for vote, markup in found.items()
        }

    return text


@pytest.mark.parametrize(
    ("country", "vote", "sentence"),
    [
        (
            "albania", "unga-2008",
            "On 8 October 2008 in the UN General Assembly, Albania voted against the motion to ask the International Court of "
            "Justice whether Kosovo's declaration of independence accords with international law (resolution 63/3), moved by "
            "Serbia; that was Kosovo’s side.",
        ),
        (
            "spain", "unga-2008",
            "On 8 October 2008 in the UN General Assembly, Spain voted for the motion to ask the International Court of "
            "Justice whether Kosovo's declaration of independence accords with international law (resolution 63/3), moved by "
            "Serbia; Kosovo’s side was to vote against it.",
        ),
        (
            "spain", "interpol-2018",
            "On 20 November 2018 in the Interpol General Assembly, Spain voted against the motion to admit Kosovo to Interpol "
            "(first round), moved by Kosovo; Kosovo’s side was to vote for it. This is told by Serbia's foreign ministry; the body "
            "published no list.",
        ),
        (
            "spain", "pace-2024",
            "On 16 April 2024 in the Parliamentary Assembly of the Council of Europe, members of parliament from Spain voted on "
            "the motion to recommend that Kosovo be invited to become a member of the Council of Europe: 8 against it; "
            "Kosovo’s side was to vote for it.",
        ),
        (
            "germany", "unesco-2015",
            "On 9 November 2015 in the UNESCO General Conference, Germany voted for the motion to admit Kosovo to UNESCO, moved "
            "by Albania; that was Kosovo’s side.",
        ),
    ],
)  # fmt: skip
def test_a_vote_of_a_country_is_said_in_its_direction(said, country, vote, sentence):
    assert said(country)[vote] == sentence


def test_who_abstained_or_was_absent_is_said_to_be_on_no_side(said, db):
    for choice, words in (
        ("abstained", " abstained on the motion "),
        ("absent", " was absent from the vote on the motion "),
    ):
        country, vote = db.execute(
            "select country_id, vote_id from vote_choices where choice = ? order by 1, 2", [choice]
        ).fetchone()
        sentence = said(country)[vote]
        assert words in sentence and "that was" not in sentence


def test_every_choice_in_the_file_is_told_once(datasette, loop, db):
    for country, chosen in db.execute(
        "select country_id, count(*) from (select country_id, vote_id from vote_choices union all "
        "select country_id, vote_id from vote_members) group by 1"
    ):
        votes = loop.run_until_complete(votes_of(datasette, country))
        assert len({vote["vote"] for vote in votes}) == len(votes) == chosen
        assert [vote["held_on"] for vote in votes] == sorted(vote["held_on"] for vote in votes)
