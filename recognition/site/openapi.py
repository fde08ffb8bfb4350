"""The description of all JSON and CSV of the site as OpenAPI 3.1, made of interface.py, metadata.yml and the database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from recognition.published_tables import PublishedTable

from .database import NAME
from .datasette_shapes import ANSWER, DATABASE, DATABASES, HEALTH, ROW, TABLE
from .interface import ADDRESSES, CALLED, IN_PATH, OF_CSV, PARAMETERS, SERVICES, Address, Parameter
from .named_edition import HEADER
from .page_shapes import ALL_SHAPES
from .schemas import DATE, Schema, columns_of, csv_schema, object_schema, row_schema
from .shapes import Shape, day, number, text

VERSION = "1"  # of the interface: what is promised at /api stays while this does
EDITION: Shape = {
    "edition": text("SHA-256 of the database file; empty where the file may still change."),
    "edition_number": number("Number of the edition."),
    "edition_day": day("The day on which it was published."),
    "known_until": day("The day until which the records were looked through."),
}
PROBLEM: Schema = {
    "type": "object",
    "description": "What went wrong; the same at every address of data.",
    "required": ["ok", "error", "status", "title"],
    "properties": {
        "ok": {"const": False},
        "error": {"type": "string", "description": "What is wrong and what to do, in a sentence."},
        "status": {"type": "integer", "description": "The status of the answer."},
        "title": {"type": ["string", "null"], "description": "What kind of error it is, such as Invalid SQL."},
    },
}
ERRORS = {
    "BadRequest": "400: a parameter or SQL that cannot be answered.",
    "NotFound": "404: there is no such address, key or format.",
    "TooSlow": "408: the body of the request did not come in time.",
    "Gone": "410: an earlier edition had this, and this one has not; the sentence says what it was.",
    "TooMuch": "413: more than one request may have, in bytes or in questions.",
    "PreconditionFailed": "412: the edition is not the one that If-Match or If-Unmodified-Since names.",
    "Busy": "503: too much is asked for just now. Retry-After says in how many seconds to ask again.",
}
STATUSES = {"400": "BadRequest", "404": "NotFound", "410": "Gone", "412": "PreconditionFailed", "503": "Busy"}
OF_POST = {
    "308": "OtherSpelling", "400": "BadRequest", "408": "TooSlow", "412": "PreconditionFailed", "413": "TooMuch", "503": "Busy",
}  # fmt: skip
OF_MESSAGES = ("400", "403", "404", "415")  # errors that have the form of the message's own protocol
FORM = "application/x-www-form-urlencoded"
HEADERS = {
    "Dataset-Edition": "Number and day of the edition: '7; 2026-11-26'.",
    "Dataset-Known-Until": "The day until which the records were looked through.",
    "ETag": "Changes with every change of the answer; If-None-Match with it is answered by 304.",
    "Dataset-Truncated": "Only where a limit left out rows: how many there are here.",
    "Link": "Only where more rows follow: the address of the next, with rel=next.",
    HEADER: "Only where another edition is asked for: its number. The answer is of the edition that is here.",
}
TAG, OF_EDITION = "ETag", ("Dataset-Edition", "Dataset-Known-Until")
MOST = (*OF_EDITION, TAG)  # what most answers send
OF_SQL = (*MOST, "Dataset-Truncated")
OF_LISTS = (*OF_SQL, "Link")
OF_TABLES = {
    "_size": Parameter("Rows at a time, up to 1000, or max.", "size"),
    "_next": Parameter("Where the page begins, as `next` of the page before says."),
    "_sort": Parameter("The column to sort by."),
    "_sort_desc": Parameter("The same, the largest first."),
    "_search": Parameter("Words to search for, where the table has an index."),
    "_facet": Parameter("A column whose values are to be counted."),
}
ASKED_EDITION = Parameter(
    "The edition that is meant, by its number or the first digits of its checksum; where another is here, a header says so."
)
UNDER_AN_EDITION = frozenset(["Pages", "Dossiers", "Tables", "Questions", "SQL"])  # tags of addresses that know it
SHAPE = Parameter(
    "How rows are written: as arrays, as objects, or array for the objects alone.",
    choices=("arrays", "objects", "array"),
)
SQL = Parameter("A SELECT of SQLite; :names in it are further parameters.")
KIND_OF_SIDE = {"side a": "counts", "side b": "counts"}  # of which an example is, among all that a side can be
SHARED = {**PARAMETERS, **OF_CSV, **OF_TABLES, "_shape": SHAPE, "edition": ASKED_EDITION}


@dataclass(frozen=True)
class Facts:
    """What the description takes from the database and from metadata.yml.

    `keys` are those of each kind of KEYS, in order; `rows` an example of a row's key by table, as an address has it;
    `queries` what metadata.yml says of the saved questions; `server` the address of the site.
    """

    tables: Sequence[PublishedTable]
    keys: Mapping[str, Sequence[str]]
    rows: Mapping[str, str]
    queries: Mapping[str, Mapping[str, Any]]
    metadata: Mapping[str, Any]
    server: str


def definition(facts: Facts) -> dict[str, Any]:
    """The whole description."""
    known = columns_of(facts.tables)
    schemas: dict[str, Schema] = {
        "Edition": object_schema(EDITION, known),
        "Problem": PROBLEM,
        **{name: object_schema(shape, known) for name, shape in ALL_SHAPES.items()},
        **{f"Row_{table.name}": row_schema(table) for table in facts.tables},
        "TablePage": object_schema(TABLE, known),
        "RowPage": {"allOf": [ref("schemas", "Edition"), object_schema(ROW, known)]},
        "SqlAnswer": object_schema(ANSWER, known),
        "Database": object_schema(DATABASE, known),
    }
    paths: dict[str, dict[str, Any]] = {}
    for path, one in operations(facts, known):
        paths.setdefault(path, {})["post" if "requestBody" in one else "get"] = one
    return {
        "openapi": "3.1.0",
        "info": {
            "title": facts.metadata["title"], "version": VERSION, "description": " ".join(facts.metadata["description"].split()),
            "license": {"name": facts.metadata["license"], "url": facts.metadata["license_url"]},
        },
        "servers": [{"url": facts.server}],
        "externalDocs": {"description": "The same for people, with examples and what is promised", "url": f"{facts.server.rstrip('/')}/api"},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": {key_of(name): parameter(name, one, "query", facts) for name, one in SHARED.items()},
            "headers": {name: {"description": said, "schema": {"type": "string"}} for name, said in HEADERS.items()},
            "responses": {
                **{name: {"description": said, "content": {"application/json": {"schema": ref("schemas", "Problem")}}}
                   for name, said in ERRORS.items()},
                "OtherSpelling": {"description": "301, 308 for POST: the address has another spelling, or the row another key; Location has it."},
                "WithoutUnknown": {"description": "302: to the same without parameters that it does not know."},
                "NotModified": {"description": "304: the answer is the one that If-None-Match names."},
            },
        },
    }  # fmt: skip


def ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def key_of(name: str) -> str:
    """The name of a parameter among the components."""
    return name.replace(" ", "_")


def operations(facts: Facts, known: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The path and the operation of every address."""
    for address in ADDRESSES:
        yield from of_address(address, facts, known)
    for table in facts.tables:
        yield from of_table(table, facts)
    for name, query in facts.queries.items():
        yield from of_question(name, query, facts)
    for service in SERVICES:
        parameters = [parameter(name, one, "query", facts) for name, one in service.parameters.items()]
        example = service.example
        if example and "{server}" in example:
            example = example.replace("{server}", facts.server) if facts.server.startswith("http") else None
        found = operation(
            service.path,
            "Services",
            service.said,
            parameters,
            {service.media: {"schema": dict(service.schema)}},
            example,
            () if service.body else MOST,
        )
        if service.body is None:
            yield service.path, found
        if service.form:
            found["responses"]["413"] = ref("responses", "TooMuch")
            fields = {one["name"]: {**one["schema"], "description": one["description"]} for one in parameters}
            form = {FORM: {"schema": {"type": "object", "properties": fields}}}
            yield service.path, {**by_post(found, form), "operationId": f"{found['operationId']}_by_post"}
        if service.body is not None:
            posted = by_post(found, json_of(dict(service.body)))
            posted["responses"]["202"] = {"description": "The message wants no answer."}
            wrong = {"description": "What is wrong, as JSON-RPC says it.", "content": json_of({"type": "object"})}
            posted["responses"] |= {status: wrong for status in OF_MESSAGES}
            yield service.path, posted
    sql = "select name, recognised_on from countries where status = 'withdrew'"
    asked = [{**parameter("sql", SQL, "query", facts), "example": sql}, ref("parameters", "_shape")]
    path = f"/{NAME}.json"
    schema = {"anyOf": [ref("schemas", name) for name in ("SqlAnswer", "Database")] + [{"type": "array"}]}
    said = "The answer to SQL of your own; without SQL, the tables and questions that there are."
    yield path, operation(path, "SQL", said, asked, json_of(schema), path, OF_SQL)
    path = f"/{NAME}.csv"
    asked = [{**asked[0], "required": True}, *(ref("parameters", name) for name in OF_CSV)]
    yield (
        path,
        operation(
            path, "SQL", "The answer to SQL of your own.", asked, csv_of(), f"{path}?sql=select+1+as+one", OF_SQL
        ),
    )
    for path, said, shape, sends in (
        ("/.json", "The one database that there is, as Datasette says it.", DATABASES, (TAG,)),
        ("/-/health", "Whether the site can answer, and which edition it serves.", HEALTH, ()),
    ):
        yield path, operation(path, "Site", said, [], json_of(object_schema(shape, known)), path, sends)


def fitted(address: Address, keys: Mapping[str, Sequence[str]]) -> Address:
    """The address with an example that this database can answer: a key that it has not gives way to the last that it has.

    `keys` are those of each kind of KEYS, in order. Where there is none of a kind, the path names the kind of key, and the
    question leaves it out.
    """
    used: set[str] = set()

    def known(kind: str, value: str) -> str | None:
        if kind not in keys or value in keys[kind]:
            chosen: str | None = value
        else:
            chosen = next((key for key in reversed(keys[kind]) if key not in used), None)
        used.update([chosen] if chosen else [])
        return chosen

    given, _, asked = address.example.partition("?")
    found = in_path(f"{address.path}.json", given)
    path = f"{address.path}.json"
    for name, value in found.items():
        path = path.replace(f"{{{name}}}", known(IN_PATH[name].values, value) or name)
    kinds = {CALLED.get(name, name): KIND_OF_SIDE.get(name, PARAMETERS[name].values) for name in address.parameters}
    pairs = [(name, known(kinds.get(name, "words"), value)) for name, value in parse_qsl(asked)]
    question = urlencode([(name, value) for name, value in pairs if value is not None])
    return replace(address, example=f"{path}?{question}" if question else path)


def of_address(address: Address, facts: Facts, known: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The operations of one of the site's own pages."""
    address = fitted(address, facts.keys)
    found = in_path(f"{address.path}.json", address.example)
    asked = dict(parse_qsl(address.example.partition("?")[2]))
    path_parameters = [{**parameter(name, IN_PATH[name], "path", facts), "example": found[name]} for name in found]
    question = [
        {**parameter(name, PARAMETERS[name], "query", facts), "example": asked[called]}
        if (called := CALLED.get(name, name)) in asked
        else ref("parameters", key_of(name))
        for name in address.parameters
    ]
    parameters, path = [*path_parameters, *question], address.path
    for name in found:
        path = path.replace(f"{{{name}}}", f"{{{CALLED.get(name, name)}}}")
    tag = "Dossiers" if address.datasette else "Pages"
    if address.data is not None:
        parts = [object_schema(address.data, known) if not address.plain else plain_schema(address.data, known)]
        if address.edition:  # of which a page about another edition has its own keys
            others = {key: field for key, field in EDITION.items() if key not in address.data}
            parts.insert(0, object_schema(others, known) if len(others) < len(EDITION) else ref("schemas", "Edition"))
        if address.datasette:
            parts.append(object_schema(ROW, known))
            schema: Schema = {"anyOf": [{"allOf": parts}, {"type": "array"}]}
            parameters = [*parameters, ref("parameters", "_shape")]
        else:
            schema = {"allOf": parts}
        yield f"{path}.json", operation(f"{path}.json", tag, address.said, parameters, json_of(schema), address.example)
    row = row_of_csv(address, facts, known)
    if row is not None:
        parameters = [*path_parameters, *question, *(ref("parameters", name) for name in OF_CSV)]
        example = address.example.replace(".json", ".csv", 1)
        yield f"{path}.csv", operation(f"{path}.csv", tag, address.said, parameters, csv_of(row), example)


def plain_schema(shape: Shape, known: Any) -> Schema:
    """The schema of an object without ISO codes beside the countries that it names."""
    schema = object_schema(shape, known)
    return {
        **schema, "required": [name for name in schema["required"] if name in shape],
        "properties": {name: about for name, about in schema["properties"].items() if name in shape},
    }  # fmt: skip


def row_of_csv(address: Address, facts: Facts, known: Any) -> Schema | None:
    """The schema of a row of an address's CSV; None where it has none."""
    if address.table:
        return ref("schemas", f"Row_{address.table}")
    return None if address.rows is None else csv_schema(address.rows, known, facts.keys["rules"])


def of_table(table: PublishedTable, facts: Facts) -> Iterator[tuple[str, dict[str, Any]]]:
    """The operations of a published table or view, and of its rows where they have no dossier."""
    path, said = f"/{NAME}/{table.name}", f"{table.title}. {table.description}"
    names = [column.name for column in table.columns]
    filters = {
        "name": "filters", "in": "query", "style": "form", "explode": True,
        "description": "A column and the value that it must have. Behind a column __contains, __gt, __isnull and the like compare otherwise.",
        "schema": {"type": "object", "additionalProperties": {"type": "string"}, "propertyNames": {"enum": names}},
    }  # fmt: skip
    shared = [filters, *(ref("parameters", name) for name in OF_TABLES)]
    rows = {"type": "array", "items": ref("schemas", f"Row_{table.name}")}
    schema = {"anyOf": [ref("schemas", "TablePage"), rows]}
    yield f"{path}.json", operation(
        f"{path}.json", "Tables", said, [*shared, ref("parameters", "_shape")], json_of(schema), f"{path}.json?_size=3&_shape=array",
        OF_LISTS,
    )  # fmt: skip
    of_csv = [ref("parameters", name) for name in OF_CSV]
    columns = csv_of(ref("schemas", f"Row_{table.name}"))
    yield (
        f"{path}.csv",
        operation(f"{path}.csv", "Tables", said, [*shared, *of_csv], columns, f"{path}.csv?_size=3", OF_LISTS),
    )
    has_dossier = any(address.path.startswith(f"{path}/") for address in ADDRESSES)
    if table.name not in facts.rows:
        return
    key = {
        "name": "key", "in": "path", "required": True, "schema": {"type": "string"}, "example": facts.rows[table.name],
        "description": f"The key: {', '.join(table.key)}. Of several parts, with commas between.",
    }  # fmt: skip
    one, example = f"One row of: {table.title}.", f"{path}/{facts.rows[table.name]}"
    if not has_dossier:
        schema = {"anyOf": [ref("schemas", "RowPage"), rows]}
        parameters = [key, ref("parameters", "_shape")]
        yield f"{path}/{{key}}.json", operation(
            f"{path}/{{key}}.json", "Tables", one, parameters, json_of(schema), f"{example}.json?_shape=array"
        )  # fmt: skip
    yield (
        f"{path}/{{key}}.csv",
        operation(f"{path}/{{key}}.csv", "Tables", one, [key, *of_csv], columns, f"{example}.csv"),
    )


def of_question(name: str, query: Mapping[str, Any], facts: Facts) -> Iterator[tuple[str, dict[str, Any]]]:
    """The operations of a saved question."""
    path = f"/{NAME}/{name}"
    said = f"{query['title']}. {query.get('description') or ''}".strip()
    parameters = [
        {**parameter(one, parameter_of(one, about), "query", facts)}
        for one, about in (query.get("choices") or {}).items()
    ]
    schema = {"anyOf": [ref("schemas", "SqlAnswer"), {"type": "array"}]}
    yield f"{path}.json", operation(
        f"{path}.json", "Questions", said, [*parameters, ref("parameters", "_shape")], json_of(schema), f"{path}.json", OF_SQL
    )  # fmt: skip
    of_csv = [ref("parameters", one) for one in OF_CSV]
    yield (
        f"{path}.csv",
        operation(f"{path}.csv", "Questions", said, [*parameters, *of_csv], csv_of(), f"{path}.csv", OF_SQL),
    )


def parameter_of(name: str, about: Mapping[str, Any]) -> Parameter:
    """The parameter of a saved question, as metadata.yml describes it under `choices`."""
    kind, said = about["kind"], about.get("label") or name.replace("_", " ")
    if kind == "yes_or_no":
        return Parameter(said, choices=("yes", "no"))
    return Parameter(f"{said}; {about.get('default') or 'the usual one'} where none is named.", kind, by_name=True)


def parameter(name: str, one: Parameter, place: str, facts: Facts) -> dict[str, Any]:
    """A parameter as OpenAPI has it, with the values that it may have."""
    return {
        "name": CALLED.get(name, name), "in": place, "description": one.said, **({"required": True} if place == "path" else {}),
        "schema": values_of(one, facts),
    }  # fmt: skip


def values_of(one: Parameter, facts: Facts) -> Schema:
    """The schema of a parameter's values: keys from the database, days, numbers, or words."""
    if one.choices:
        return {"type": "string", "enum": list(one.choices)}
    if one.values in facts.keys:
        keys: Schema = {"type": "string", "enum": list(facts.keys[one.values])}
        return {"anyOf": [keys, {"type": "string", "description": "Any of its names."}]} if one.by_name else keys
    others: dict[str, Schema] = {
        "day": {"type": "string", "format": "date"},
        "date": {"type": "string", "pattern": DATE},
        "number": {"type": "integer", "minimum": 1, "maximum": 9999},
        "size": {"anyOf": [{"type": "integer", "minimum": 0, "maximum": 1000}, {"const": "max"}]},
    }
    return others.get(one.values) or {"type": "string"}


def in_path(path: str, example: str) -> dict[str, str]:
    """The values that an example has for the {parameters} of a path, in their order. ValueError where it has none."""
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/.]+)", re.escape(path))
    found = re.fullmatch(pattern, example.partition("?")[0])
    if found is None:
        raise ValueError(f"the example {example} is none of {path}")
    return found.groupdict()


def json_of(schema: Schema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def csv_of(row: Schema | None = None) -> dict[str, Any]:
    """CSV, which a schema cannot describe: that of a row stands beside it. Without one the columns depend on what is asked."""
    return {"text/csv": {"schema": {"type": "string"}, **({"x-row": row} if row else {})}}


def by_post(asked: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """The operation by POST that answers what an operation by GET does; what is sent is its body."""
    kept = {name: about for name, about in asked.items() if name not in ("parameters", "x-example")}
    answer = dict(asked["responses"]["200"])
    answer["headers"] = {name: about for name, about in answer["headers"].items() if name != TAG}
    errors = {status: ref("responses", name) for status, name in OF_POST.items()}
    return {**kept, "requestBody": {"required": True, "content": dict(body)}, "responses": {"200": answer, **errors}}


def operation(
    path: str,
    tag: str,
    said: str,
    parameters: Sequence[Any],
    content: Mapping[str, Any],
    example: str | None,
    sends: Sequence[str] = MOST,
) -> dict[str, Any]:
    """What is said of one address. `example` is a path that is tried by a test, None where it needs more than a path.

    `sends` are the headers that its answers have.
    """
    summary, _, _ = said.partition(". ")
    if tag in UNDER_AN_EDITION:
        parameters, sends = [*parameters, ref("parameters", "edition")], [*sends, HEADER]
    return {
        "operationId": re.sub(r"\W+", "_", path).strip("_") or "databases", "tags": [tag],
        "summary": summary.rstrip("."), "description": said, "parameters": [*parameters], **({"x-example": example} if example else {}),
        "responses": {
            "200": {"description": "What was asked for.", "headers": {name: ref("headers", name) for name in sends}, "content": content},
            "301": ref("responses", "OtherSpelling"),
            "302": ref("responses", "WithoutUnknown"),
            **({"304": ref("responses", "NotModified")} if TAG in sends else {}),
            **{status: ref("responses", name) for status, name in STATUSES.items()},
        },
    }  # fmt: skip
