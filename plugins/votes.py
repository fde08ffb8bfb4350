"""Votes about the subject: all of them, and one with who chose what, held against statuses on its day, on a map and by group."""

from __future__ import annotations

from collections import Counter
from functools import partial

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from jinja2 import Environment
from markupsafe import Markup

try:
    from recognition.site import questions
    from recognition.site.asked import Asked, question, with_choices
    from recognition.site.database import Row, grouped, kept, on_day, rows, rows_of_each
    from recognition.site.formats import ENDING, page_or_data, without
    from recognition.site.outlines import FRAMES, layers, link_to, read_outlines
    from recognition.site.tallies import by_heading
    from recognition.site.votes import CHOICES, at_odds, bar_of_vote, side_of
    from recognition.vocabulary import STATUSES, SUBJECT
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

# `known_…` counts the choices of states that are here, or the members of a parliament whose country is known.
VOTES = """
select v.id as vote, v.body, v.organisation_id as organisation, v.held_on, v.question, v.moved_by as mover,
       m.name_in_sentence as moved_by, v.choice_for_kosovo as subject_choice, v.result, v.adopted, v.complete,
       v.announced_for, v.announced_against, v.announced_abstained, v.announced_absent,
       coalesce(h.known_for, p.known_for) as known_for, coalesce(h.known_against, p.known_against) as known_against,
       coalesce(h.known_abstained, p.known_abstained) as known_abstained, h.known_absent,
       h.vote_id is not null as by_states, v.choices_told_by as told_by, v.record_id, v.citation, v.note
from votes v left join countries m on m.id = v.moved_by
left join (select vote_id, sum(choice = 'for') as known_for, sum(choice = 'against') as known_against,
                  sum(choice = 'abstained') as known_abstained, sum(choice = 'absent') as known_absent
           from vote_choices group by vote_id) h on h.vote_id = v.id
left join (select vote_id, coalesce(sum(members_for), 0) as known_for, coalesce(sum(members_against), 0) as known_against,
                  coalesce(sum(members_abstaining), 0) as known_abstained
           from vote_members group by vote_id) p on p.vote_id = v.id
where :vote is null or v.id = :vote order by v.held_on desc, v.id
"""
CHOSEN = f"""
select h.country_id as country, c.name, h.choice, s.status, s.since, h.record_id, h.note
from vote_choices h join votes v on v.id = h.vote_id join countries c on c.id = h.country_id
left join statuses s on s.country_id = h.country_id and s.rule_id = :rule and {on_day("s", "v.held_on")}
where h.vote_id = :vote order by c.sort_name
"""
MEMBERS = f"""
select p.country_id as country, c.name, p.members_for, p.members_against, p.members_abstaining, p.record_id, p.note, s.status, s.since
from vote_members p join votes v on v.id = p.vote_id join countries c on c.id = p.country_id
left join statuses s on s.country_id = p.country_id and s.rule_id = :rule and {on_day("s", "v.held_on")}
where p.vote_id = :vote order by c.sort_name
"""
COLUMNS = (
    "country", "name", "choice", "status", "since", "record_id", "note", "side", "members_for", "members_against", "members_abstaining",
)  # fmt: skip
GROUPS = f"""
select o.id as organisation, o.name, h.title as heading, h.position, count(*) as members, sum(coalesce(c.choice, '') = 'for') as voted_for,
       sum(coalesce(c.choice, '') = 'against') as voted_against, sum(coalesce(c.choice, '') = 'abstained') as abstained,
       sum(coalesce(c.choice, '') = 'absent') as absent, sum(c.choice is null) as without_choice
from votes v join memberships m on {on_day("m", "v.held_on")} join organisations o on o.id = m.organisation_id
join headings h on h.id = o.heading left join vote_choices c on c.vote_id = v.id and c.country_id = m.country_id
where v.id = :vote group by o.id order by o.number
"""
RECORDS = """
select r.publisher, r.title, r.published_on, r.language, r.url, count(*) as choices
from (select vote_id, record_id from vote_choices union all select vote_id, record_id from vote_members) t
join records r on r.id = t.record_id where t.vote_id = :vote group by r.id order by choices desc, r.id
"""
COUNTRIES = "select id, name, kind from countries order by sort_name"
CHOICE_ON_MAP = "select country_id as country, choice from vote_choices where vote_id = :vote"
# How each choice looks on the map, like the status that is seen the same: by side, so that one look is one side in all votes.
LOOKS = {"with": "recognises", "against": "withdrew", "abstained": "contested", "absent": "absent", None: "none"}
TOLD = {
    "for": "voted for", "against": "voted against", "abstained": "abstained", "absent": "absent",
    None: "no choice is known here",
}  # fmt: skip
# The saved questions about votes, which metadata.yml has.
QUESTIONS = ("recognised-and-voted-against", "did-not-recognise-and-voted-with", "changed-sides")


async def votes_page(datasette: Datasette, request: Request) -> Response:
    """Every vote, the last one first, with its result and how much is known of it."""
    ask = await question(datasette, request)
    votes = await kept(datasette, "all votes", partial(rows, datasette, VOTES, vote=None))
    saved = {name: about["title"] for name in QUESTIONS if (about := questions.saved(datasette, name))}
    context = {
        "carried": ask.carried, "subject": ask.subject, "votes": votes, "choices": CHOICES, "questions": saved,
    }  # fmt: skip
    return await page_or_data(datasette, request, "votes.html", context, ("votes",), votes)


async def vote_page(datasette: Datasette, request: Request) -> Response:
    """One vote: choices beside statuses on that day under a rule, on the map and by group; what is not known."""
    ask = await question(datasette, request)
    asked_vote = {"vote": request.url_vars["vote"]}
    found, choices, members, groups, sources = await rows_of_each(
        datasette, (VOTES, asked_vote), *((sql, asked_vote | {"rule": ask.rule}) for sql in (CHOSEN, MEMBERS)),
        *((sql, asked_vote) for sql in (GROUPS, RECORDS)),
    )  # fmt: skip
    if not found:
        raise NotFound(f"No vote {asked_vote['vote']!r}. All are at /votes.")
    vote = found[0]
    choices = [{**row, "side": side_of(row["choice"], vote["subject_choice"])} for row in choices]
    table = counted(vote, choices)
    headed = by_heading(groups) if choices else []
    groups = without(groups, "heading", "position") if choices else []
    context = {
        **ask.context, "as_of": vote["held_on"], "vote": vote, "counts": table, "choices": choices, "members": members,
        "groups": groups, "headed": headed, "sources": sources, "states": grouped(choices, "choice"),
        "statuses": [status for status in STATUSES if any(row["statuses"][status] for row in table)],
        "odd": at_odds(choices), "map": await drawn(datasette, vote, ask) if choices else None,
    }  # fmt: skip
    about = {"vote": vote["vote"], "held_on": vote["held_on"], "rule": ask.rule}
    csv_rows = [about | {name: row.get(name) for name in COLUMNS} for row in choices or members]
    keys = ("rule", "vote", "counts", "choices", "members", "groups", "sources")
    return await page_or_data(datasette, request, "vote.html", context, keys, csv_rows, [ask.told_rule])


def counted(vote: Row, choices: list[Row]) -> list[Row]:
    """A row for each choice that was announced or is known, in the order of CHOICES.

    Each has choice, side, announced (None where nothing was), known, missing (announced and not known), and `statuses`: how
    many of those known had each status.
    """
    table = []
    for choice in CHOICES:
        announced, known = vote[f"announced_{choice}"], vote[f"known_{choice}"] or 0
        statuses = Counter(row["status"] for row in choices if row["choice"] == choice)
        table.append({
            "choice": choice, "side": side_of(choice, vote["subject_choice"]), "announced": announced, "known": known,
            "missing": max((announced or 0) - known, 0), "statuses": {status: statuses[status] for status in STATUSES},
        })  # fmt: skip
    return [row for row in table if row["announced"] or row["known"]]


async def drawn(datasette: Datasette, vote: Row, ask: Asked) -> Row:
    """What the macro `figure` of templates/_map.html draws: frames, land, and every country as a link that says its choice."""

    async def read() -> Markup:
        outlines = await read_outlines(datasette)
        countries, chosen = await rows_of_each(datasette, (COUNTRIES, {}), (CHOICE_ON_MAP, {"vote": vote["vote"]}))
        known = {row["country"]: row["choice"] for row in chosen}
        links = {}
        for country in countries:
            choice = known.get(country["id"])
            css, told, tabindex = look(choice, vote), TOLD[choice], -1
            if country["kind"] == SUBJECT:  # the one stop of the Tab key, from which arrow keys lead to the others
                css, told, tabindex = SUBJECT, "the subject", 0
            links[country["id"]] = link_to(datasette, country, outlines, css, told, tabindex)
        order = layers({country["id"]: country for country in countries}, outlines)
        return Markup("\n".join(links[country] for country in order))

    links = await kept(datasette, ("map of a vote", vote["vote"]), read)
    land = (await read_outlines(datasette)).get(None, "")
    return {"frames": FRAMES, "land": land, "drawn": with_choices(links, ask.carried)}


def look(choice: str | None, vote: Row) -> str:
    """What the style calls a choice on the map."""
    return LOOKS[side_of(choice, vote["subject_choice"]) or choice]


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    """Give templates `bar_of_vote`, the announced choices of a vote as a bar, and `look_of`, how a choice is drawn."""
    env.globals |= {"bar_of_vote": bar_of_vote, "look_of": look}


@hookimpl
def register_routes() -> list[tuple]:
    return [(r"^/votes" + ENDING, votes_page), (r"^/votes/(?P<vote>[^/.]+)" + ENDING, vote_page)]
