"""Matches names in somebody's table with countries and organisations: /reconcile, for OpenRefine and programs like it.

It is the Reconciliation Service API 0.2 of the W3C's community group: https://reconciliation-api.github.io/specs/0.2/.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from urllib.parse import parse_qs

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import BadRequest, NotFound, Request, Response

try:
    from recognition import sentences
    from recognition.dates import said
    from recognition.serving.asgi import header
    from recognition.serving.bodies import body_of
    from recognition.site import candidates
    from recognition.site.asked import as_known, asked, question
    from recognition.site.candidates import COUNTRY, TYPES, VALUES
    from recognition.site.database import NAME, Row, on_day, rows
    from recognition.site.extension import PLAIN, SETTING, extended, properties
    from recognition.site.formats import edition_headers, this_edition
    from recognition.site.reconciliation import QUERIES_AT_MOST, answers, queries_of, suggested, type_of
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

START = "/reconcile"
VERSIONS = ["0.2"]
FORM = "application/x-www-form-urlencoded"
FIELDS = ("queries", "extend")  # of a form or an address
NO_JSONP = "There is no JSONP here: scripts of every site may read the answers as JSON."
PREVIEW = {"width": 400, "height": 200}  # pixels
TABLES = {COUNTRY: "countries", "organisation": "organisations"}
NUMBER = re.compile(r"\d{1,4}", re.ASCII)
STANDS = f"""
select c.name_in_sentence, t.name_in_sentence as through, s.status, s.since from countries c
left join countries t on t.id = c.represented_by
left join statuses s on s.country_id = c.id and s.rule_id = :rule and {on_day("s")}
where c.id = :id
"""
TALLY = f"""
select recognising, members from tally_history t where organisation_id = :id and rule_id = :rule and {on_day("t")}
"""

View = Callable[[Datasette, Request], Awaitable[Response]]


def as_data(view: View) -> View:
    """The view, whose answers say their edition. It refuses to call a function that the address names: any site's could be."""

    @wraps(view)
    async def answering(datasette: Datasette, request: Request) -> Response:
        if "callback" in request.args:
            raise BadRequest(NO_JSONP)
        response = await view(datasette, request)
        response.headers |= await edition_headers(datasette)
        return response

    return answering


@as_data
async def reconcile(datasette: Datasette, request: Request) -> Response:
    """The service's description; or what a batch of queries, or an extension, asks for by GET or POST."""
    fields = await fields_of(request)
    if "queries" in fields:
        return Response.json(await answers(datasette, queries_of(fields["queries"])))
    if "extend" in fields:
        return Response.json(await extended(datasette, fields["extend"]))
    if request.method == "POST":
        raise BadRequest(f"A form that is sent here has a field {' or '.join(FIELDS)}.")
    return Response.json(await manifest(datasette, request))


async def fields_of(request: Request) -> Mapping[str, str]:
    """The fields of the form that a request sends, or those of its address. Raises BadRequest for a body that is no form."""
    if request.method != "POST":
        return {name: request.args[name] for name in FIELDS if name in request.args}
    kind = header(request.scope, b"content-type").partition(b";")[0].strip().lower().decode("latin-1")
    body = await body_of(request)
    if kind != FORM:
        raise BadRequest(f"What is sent here must be a form of the type {FORM}.")
    try:
        sent = parse_qs(body.decode("utf-8"), errors="strict", keep_blank_values=True, max_num_fields=10)
    except ValueError:
        raise BadRequest("The form that was sent cannot be read: it must be encoded as UTF-8.") from None
    return {name: values[0] for name, values in sent.items() if name in FIELDS}


async def manifest(datasette: Datasette, request: Request) -> Row:
    """What the service can do. What must be absolute is left out where the site has no public address."""

    def address(path: str) -> str:
        return str(datasette.absolute_url(request, START + path))

    about, metadata = await this_edition(datasette), datasette.metadata()
    told: Row = {
        "versions": VERSIONS, "name": f"{metadata['title']}: countries and organisations",
        "identifierSpace": address("/view?id="), "schemaSpace": "https://schema.org/Thing",
        "defaultTypes": [type_of(one) for one in TYPES], "serviceVersion": f"edition {about['number']}",
        "batchSize": QUERIES_AT_MOST,
    }  # fmt: skip
    if datasette.public_address is None:
        return told
    suggest = {
        name: {"service_url": address(""), "service_path": f"/suggest/{name}"}
        for name in ("entity", "type", "property")
    }
    return told | {
        "documentation": str(datasette.absolute_url(request, "/api#programs")), "view": {"url": address("/view?id={{id}}")},
        "preview": {"url": address("/preview?id={{id}}"), **PREVIEW}, "suggest": suggest,
        "extend": {
            "propose_properties": {"service_url": address(""), "service_path": "/extend/propose"},
            "property_settings": [SETTING],
        },
    }  # fmt: skip


@as_data
async def suggest_entity(datasette: Datasette, request: Request) -> Response:
    """Entities of which a name begins as `prefix` does; of both types, unless `type` names one."""
    type_ = request.args.get("type")
    found = await candidates.index(datasette)
    types = checked_types(type_) if type_ else tuple(TYPES)
    return Response.json({"result": suggested(found, request.args.get("prefix") or "", types, cursor_of(request))})


@as_data
async def suggest_type(datasette: Datasette, request: Request) -> Response:
    return Response.json(beginning({id_: (name, "") for id_, name in TYPES.items()}, request))


@as_data
async def suggest_property(datasette: Datasette, request: Request) -> Response:
    """The properties by which candidates can be told apart."""
    return Response.json(beginning({id_: (PLAIN[COUNTRY][id_], "") for id_ in VALUES}, request))


def beginning(named: Mapping[str, tuple[str, str]], request: Request) -> Row:
    """Those of which the id, or a word of the name, begins as `prefix` does; all for no prefix."""
    prefix = (request.args.get("prefix") or "").strip().casefold()
    found = [
        {"id": id_, "name": name} for id_, (name, _) in named.items()
        if id_.startswith(prefix) or any(word.startswith(prefix) for word in [name.casefold(), *name.casefold().split()])
    ]  # fmt: skip
    return {"result": found[cursor_of(request) :]}


def cursor_of(request: Request) -> int:
    """How many suggestions are passed over; BadRequest where it is no number."""
    cursor = request.args.get("cursor") or "0"
    if not NUMBER.fullmatch(cursor):
        raise BadRequest(f"cursor must be a number from 0 to 9999, not {cursor[:40]!r}.")
    return int(cursor)


def checked_types(type_: str) -> tuple[str]:
    if type_ not in TYPES:
        raise BadRequest(f"type must be one of {', '.join(TYPES)}, not {type_[:40]!r}.")
    return (type_,)


@as_data
async def propose(datasette: Datasette, request: Request) -> Response:
    """The properties that entities of a type can be extended with; those of countries where none is named."""
    (type_,) = checked_types(request.args.get("type") or COUNTRY)
    limit = request.args.get("limit")
    if limit and not NUMBER.fullmatch(limit):
        raise BadRequest(f"limit must be a number, not {limit[:40]!r}.")
    known = properties(await asked(datasette), type_)
    found = [{"id": id_, "name": name} for id_, name in known.items()]
    told = {"limit": int(limit)} if limit else {}
    return Response.json({"type": type_, **told, "properties": found[: int(limit)] if limit else found})


async def entity_of(datasette: Datasette, request: Request) -> candidates.Entity:
    """The entity that the parameter `id` names; NotFound where there is none."""
    id_ = request.args.get("id") or ""
    found = (await candidates.index(datasette)).entities.get(id_)
    if found is None:
        raise NotFound(f"There is no country or organisation {id_[:40]!r}.")
    return found


async def view(datasette: Datasette, request: Request) -> Response:
    """Leads on to the page of an entity."""
    entity = await entity_of(datasette, request)
    return Response.redirect(datasette.urls.path(f"/{NAME}/{TABLES[entity.type]}/{entity.id}"), status=303)


async def preview(datasette: Datasette, request: Request) -> Response:
    """A small page about an entity, for the frame in which a program shows it."""
    entity, ask = await entity_of(datasette, request), await question(datasette, request)
    told = await rows(
        datasette, STANDS if entity.type == COUNTRY else TALLY, id=entity.id, rule=ask.rule, as_of=ask.as_of
    )
    subject, sentence = ask.subject["name_in_sentence"], ""
    if told and entity.type == COUNTRY and told[0]["status"]:
        row = told[0]
        sentence = sentences.standing(
            row["name_in_sentence"], subject, row["status"], said(row["since"]), row["through"]
        )
    elif told and entity.type != COUNTRY:
        sentence = sentences.tally_in_words(told[0]["recognising"], told[0]["members"], subject)
    context = {
        "carried": ask.carried, "entity": entity, "sentence": sentence, "under": ask.rules[ask.rule]["title"], "day": ask.as_of,
        "known": as_known(ask.as_of, ask.known_until), "path": f"/{NAME}/{TABLES[entity.type]}/{entity.id}",
    }  # fmt: skip
    return Response.html(await datasette.render_template("preview.html", context, request=request))


@hookimpl
def register_routes() -> list[tuple[str, View]]:
    return [
        (rf"^{START}$", reconcile), (rf"^{START}/suggest/entity$", suggest_entity), (rf"^{START}/suggest/type$", suggest_type),
        (rf"^{START}/suggest/property$", suggest_property), (rf"^{START}/extend/propose$", propose),
        (rf"^{START}/preview$", preview), (rf"^{START}/view$", view),
    ]  # fmt: skip
