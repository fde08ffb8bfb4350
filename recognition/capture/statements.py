"""Holds statements about countries, and the table of organisations, of a new capture against the present one."""

from __future__ import annotations

from recognition.build.article_tables import STATED_COUNT
from recognition.build.passages import Statement
from recognition.build.positions import ORGANISATIONS
from recognition.build.reading import Row

from .editions import Capture
from .plan import Edit, Plan, Question


def hold_statements(old: Capture, new: Capture, plan: Plan) -> None:
    """Adds which statements stayed, changed, moved, came or went."""
    before, now = old.owners(), new.owners()
    countries = new.registers.countries
    same = sum(country in before and before[country].text == statement.text for country, statement in now.items())
    plan.same.append(f"{same} of {len(before)} statements about countries, word for word")
    for country, statement in now.items():
        title = countries[country]["name"]
        if country not in before:
            plan.moved.append(
                f"{title} has a statement now (line {statement.passage.first_line}, list {statement.list!r}): {statement.text}"
            )
            plan.to_read.append(f"position_themes.csv: does the new statement of {title} have a theme?")
        elif before[country].list != statement.list:
            plan.moved.append(
                f"the statement of {title} is in list {statement.list!r} now, and was in {before[country].list!r}"
            )
    for country, statement in before.items():
        if country not in now:
            plan.moved.append(f"{countries[country]['name']} has no statement any more; it was: {statement.text}")


def hold_organisations(old: Capture, new: Capture, plan: Plan) -> dict[int, int]:
    """Adds the rows of the table of organisations that have another place; returns the place before by the place now."""
    before = {statement.ordinal: statement for statement in old.article.statements if statement.list == ORGANISATIONS}
    now = {statement.ordinal: statement for statement in new.article.statements if statement.list == ORGANISATIONS}
    register = new.registers["organisations"]
    by_row = {row["article_row"]: row for row in register if row["article_row"]}
    places: dict[int, int] = {}
    for ordinal, statement in now.items():
        was = place_before(statement, before, by_row, places, old, new)
        if was is None:
            text = f"Row {ordinal} of the table of organisations (line {statement.passage.first_line}) is of none that is known: {statement.text}"
            paste = f"organisations.csv: a row with article_row {ordinal}; member_lists.csv: a row for each count that it states"
            plan.questions.append(Question(f"{text} Which organisation is it?", (), (paste,)))
            continue
        places[ordinal] = was
    same = sum(ordinal == was and now[ordinal].text == before[was].text for ordinal, was in places.items())
    plan.same.append(f"{same} of {len(before)} rows of the table of organisations")
    moves = {str(was): str(ordinal) for ordinal, was in places.items() if ordinal != was}
    for name in ("organisations", "member_lists"):
        for row in new.registers[name]:
            if row["article_row"] in moves:
                place = moves[row["article_row"]]
                plan.edits.append(
                    Edit(name, row.line, {"article_row": place}, f"its row of the article's table is row {place}")
                )
    for was in before.keys() - set(places.values()):
        lost(by_row.get(str(was)), new, plan)
    hold_labels(new, {ordinal: str(places[ordinal]) for ordinal in places}, plan)
    return places


def place_before(
    statement: Statement, before: dict[int, Statement], by_row: dict[str, Row], places: dict[int, int], old: Capture, new: Capture
) -> int | None:  # fmt: skip
    """The present place of an organisation's row: that with the same words, of the same name, or of the one that it names."""
    left = {ordinal: one for ordinal, one in before.items() if ordinal not in places.values()}
    for ordinal, one in left.items():
        if one.text == statement.text:
            return ordinal
    names = new.registers.organisation_names
    named = [names.owner(statement.name)] if statement.name else [found.owner for found in names.find(statement.text)]
    for owner in named:
        for ordinal in left:
            row = by_row.get(str(ordinal))
            if row is not None and row["id"] == owner:
                return ordinal
    return None


def lost(row: Row | None, new: Capture, plan: Plan) -> None:
    """Adds the question about an organisation that the table no longer has."""
    if row is None:
        return
    labels = [one for one in new.registers["member_lists"] if one["article_row"] == row["article_row"]]
    cells = {
        "in_article": "",
        "article_row": "",
        "kosovo_membership": "not stated",
        "kosovo_since": "",
        "kosovo_quote": "",
    }
    edits = [Edit("organisations", row.line, cells, "the article has it no longer")]
    edits += [Edit("member_lists", one.line, None, "the article has its list no longer") for one in labels]
    text = f"The table of organisations no longer has {row['name']}. Does it leave the article's organisations?"
    text += " Its members then need rows in group_members.csv." if labels else ""
    plan.questions.append(Question(text, tuple(edits)))


def hold_labels(new: Capture, places: dict[int, str], plan: Plan) -> None:
    """Adds a question for each stated count of a known organisation whose label member_lists.csv does not have."""
    known = {(row["article_row"], row["label"]) for row in new.registers["member_lists"]}
    for figure in new.figures:
        if figure.kind == STATED_COUNT.name:
            ordinal = new.article.organisation_rows.get(figure.passage)
            was = places.get(ordinal or 0)
            if was is not None and (was, figure.label) not in known:
                text = (
                    f"Row {ordinal} of the table of organisations states a count that member_lists.csv does not have: "
                    f"{figure.quote!r} (line {figure.line}). Whose members does it count?"
                )
                plan.questions.append(Question(text, (), (f"member_lists.csv: {ordinal},{figure.label},?,?,?",)))
