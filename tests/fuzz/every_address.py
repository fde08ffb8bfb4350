"""Every address that the site has and every parameter that it reads, as the application and the database tell them."""

import asyncio
import functools
import gzip
import re
import sqlite3
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from datasette.app import Datasette
from datasette.filters import Filters
from datasette.plugins import pm
from datasette.utils import MultiParams, path_from_row_pks, resolve_routes, tilde_encode

from tests.conftest import kept_answers
from tests.patience import PATIENCE

DATABASE = "recognition"
KEYS_OF_EACH_TABLE = 4
# Datasette goes through all parameters and takes what begins or is called so; no look-up by name tells of these.
TAKEN_BY_BEGINNING = (
    "_search", "_filter_column_1", "_filter_op_1", "_filter_value_1", "_timelimit", "_hide_sql", "_show_sql",
)  # fmt: skip
SOMETHING = {"sql": "select+1"}  # what leads on to other names where 1 does not
MARKER = 0xE000  # private characters that stand for the named groups of a route


@dataclass
class Answer:
    """What the application sent for one request; `read` names the parameters that it looked up meanwhile."""

    status: int = 0
    headers: list = field(default_factory=list)
    body: bytes = b""
    seconds: float = 0.0
    read: frozenset = frozenset()

    def header(self, name):
        return next((value.decode("latin-1") for key, value in self.headers if key.lower() == name.encode()), None)


@dataclass
class Route:
    """A way into the site: the pattern that Datasette matches, its named groups, the parameters that it reads."""

    pattern: str
    names: frozenset = frozenset()
    tables: tuple = ()  # those whose keys stand in a group of the route that only our own pages have
    key: str | None = None  # one that has a page there

    def takes(self, target):
        return re.match(self.pattern, path_of(target)) is not None

    @property
    def regex(self):
        """The pattern with one private character in place of each named group, and the groups in their order."""
        groups, rest = [], self.pattern
        while (start := rest.find("(?P<")) >= 0:
            end = end_of_group(rest, start)
            name, _, body = rest[start + 4 : end].partition(">")
            rest = rest[:start] + chr(MARKER + len(groups)) + rest[end + 1 :]
            groups.append((name, body))
        return rf"\A(?:{rest.removeprefix('^')})", groups


def path_of(target):
    return target.partition(b"?")[0].decode("latin-1")


def end_of_group(pattern, start):
    """The place of the bracket that closes the group which opens at `start`."""
    depth, at, in_class = 0, start, False
    while True:
        character = pattern[at]
        if character == "\\":
            at += 1
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
        else:
            depth += (character == "(") - (character == ")")
            if depth == 0:
                return at
        at += 1


def simplest(body):
    """A text that a simple pattern matches: of alternatives the first, of what is optional nothing, 'a' for any characters."""
    for pattern, text in ((r"\(\?:[^()]*\)\?", ""), (r"\(\?:([^()|]*)[^()]*\)", r"\1"), (r"\[[^]]*\]\+", "a")):
        body = re.sub(pattern, text, body)
    return body.partition("|")[0]


class Site:
    """The application of a folder, asked without a socket, with what there is to ask of it."""

    def __init__(self, folder, database_file):
        self.folder = folder
        self.datasette = Datasette([], config_dir=folder)
        self.app = self.datasette.app()
        self.loop = asyncio.new_event_loop()
        self.compiled = self.datasette._routes()
        self.read_database(database_file)
        self.read_files()
        self.routes = [Route(pattern.pattern) for pattern, _ in self.compiled]
        # a template in pages/ is an address that no route tells of
        pages = [name for name in self.datasette.jinja_env.list_templates() if name.startswith("pages/")]
        self.pages = [f"/{re.escape(name.removeprefix('pages/').removesuffix('.html'))}$" for name in pages]
        self.routes += [Route(pattern) for pattern in self.pages]
        # what ran into a limit of time on a busy machine would not have read all that it can
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.datasette, "sql_time_limit_ms", PATIENCE * 1000)
            patch.setitem(self.datasette._settings, "facet_time_limit_ms", PATIENCE * 1000)
            self.find_names()
        inside = (
            str(folder), str(Path(__file__).parents[2]), sys.prefix, sys.base_prefix + "/lib", str(Path.home()) + "/",
        )  # fmt: skip
        self.secrets = [text.encode() for text in (*inside, self.datasette._secret, self.datasette._root_token)]

    def read_database(self, file):
        with sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True) as connection:
            connection.row_factory = sqlite3.Row
            names = [
                row[0] for row in connection.execute("select name from sqlite_master where type in ('table', 'view')")
            ]
            self.columns, self.keys = {}, {}
            for name in names:
                details = connection.execute("select name, pk from pragma_table_info(?)", (name,)).fetchall()
                self.columns[name] = [row["name"] for row in details]
                pks = [row["name"] for row in sorted(details, key=lambda row: row["pk"]) if row["pk"]]
                quoted = '"' + name.replace('"', '""') + '"'
                is_view = (
                    connection.execute("select type from sqlite_master where name = ?", (name,)).fetchone()[0] == "view"
                )
                select = "*" if pks or is_view else "rowid, *"
                rows = connection.execute(f"select {select} from {quoted} limit {KEYS_OF_EACH_TABLE}").fetchall()
                if rows and not is_view:
                    self.keys[name] = [path_from_row_pks(row, pks, not pks) for row in rows]
            self.former = [key for (key,) in connection.execute("select distinct former from former_keys")]
        self.queries = self.datasette.metadata("queries", database=DATABASE) or {}

    def read_files(self):
        roots = [Path(root) for _, root in self.datasette.static_mounts]
        self.files = sorted(
            {str(file.relative_to(root)) for root in roots for file in root.rglob("*") if file.is_file()}
        )

    def close(self):
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    def known(self, group, body, route, table=None):
        """What stands in a named group of a route: names and keys of the database, spelt as addresses spell them."""
        tables = self.keys if "(?P<pks>" in route.pattern else (*self.columns, *self.queries)
        found = {
            "database": self.datasette.databases,
            "table": [tilde_encode(name) for name in tables],
            "pks": self.keys.get(table, ["1"]),
            "format": ["csv", *self.datasette.renderers, "jsono", "xml"],
            "path": self.files,
        }.get(group) or [
            *(key for name in route.tables or self.keys for key in self.keys[name]),
            *self.former,
            simplest(body),
        ]
        return [value for value in found if re.fullmatch(body, value)] or list(found)

    def parameters(self, route, table=None):
        """What may be asked at a route: what it was seen to read, and what the columns of its table make possible."""
        names = set(route.names)
        if table in self.queries:
            query = self.queries[table]
            names |= set(query.get("params") or re.findall(r":(\w+)", query["sql"]))
        columns = self.columns.get(table, ())
        for column in columns:
            lookups = [key for key, _, _ in Filters([]).lookups()]
            names |= {column, f"_search_{column}", *(f"{column}__{lookup}" for lookup in lookups)}
        if "(?P<database>" in route.pattern:
            kinds = [cls.type for classes in pm.hook.register_facet_classes() for cls in classes]
            names |= {*TAKEN_BY_BEGINNING, "_facet", *(f"_facet_{kind}" for kind in kinds)}
        return names

    def find_names(self):
        """Ask each route in every format, and with each name that it read, until no other name is looked up.

        With names it is asked for as a page and as JSON: what another format alone looked up, test_addresses.py would name.
        """
        memory = kept_answers(self.datasette)

        @functools.cache
        def read(target):
            memory.kept.clear()  # an answer from memory looks nothing up
            return self.ask("GET", target.encode()).read

        self.of_errors = read("/no-such-page")
        for route in self.routes:
            if {name for name, _ in route.regex[1]} - {"database", "table", "pks", "format", "path"}:
                pages = [(name, keys[0]) for name, keys in self.keys.items() if self.is_page(route, keys[0])]
                route.tables, route.key = (
                    tuple(dict.fromkeys(name for name, _ in pages)),
                    pages[0][1] if pages else None,
                )
            forms = [f".{form}" if form else "" for form in ("csv", *self.datasette.renderers, "")]
            plain = [self.plain(route, form) for form in forms]
            asked_on = dict.fromkeys(self.plain(route, form) for form in (".json", ""))
            names, found = set(), {name for address in plain for name in read(address)}
            while found - names:
                asked, names = found - names, names | found
                questions = [f"{name}={SOMETHING.get(name, '1')}" for name in sorted(asked)]
                found = {
                    name for address in asked_on for question in questions for name in read(f"{address}?{question}")
                }
            route.names = frozenset(names)

    def is_page(self, route, key):
        """Whether the route has a page, and no way on to another, at an address with this key."""
        return self.ask("GET", self.plain(route, "", key).encode()).status == 200

    def plain(self, route, form, key=None):
        """One address of the route that has an answer, in a format, or as the only one where it has no formats."""
        pattern, groups = route.regex
        while (start := pattern.find("(?!")) >= 0:  # addresses that others answer
            pattern = pattern[:start] + pattern[end_of_group(pattern, start) + 1 :]
        address = re.sub(r"\(\??:?\\\.[^)]+\)\?", form, pattern.removeprefix(r"\A(?:").removesuffix(")").strip("$"))
        values = {"database": DATABASE, "table": "countries", "path": self.files[0]}
        if "(?P<pks>" in route.pattern:  # rows of countries have pages of their own
            values |= {"table": "rules", "pks": "latest"}
        for number, (name, body) in enumerate(groups):
            value = values.get(name) or key or route.key or self.known(name, body, route)[0]
            address = address.replace(chr(MARKER + number), value)
        return re.sub(r"\\(.)", r"\1", address)

    def every_name(self, route):
        """All that is offered at a route, whatever table it is asked for."""
        tables = (*self.columns, *self.queries) if "(?P<table>" in route.pattern else (None,)
        return self.of_errors.union(*(self.parameters(route, table) for table in tables))

    def arrives(self, route, target):
        """Whether the site hands a target to this route, and not to one before it."""
        match, _ = resolve_routes(self.compiled, path_of(target))
        return match.re.pattern == route.pattern if match else route.takes(target)

    def ask(self, method, target, headers=()):
        """Send one request as an ASGI server hands it over; whatever the application raises is raised here."""
        path, _, query = target.partition(b"?")
        if not any(name == b"host" for name, _ in headers):
            headers = [(b"host", b"localhost"), *headers]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": unquote_to_bytes(path).decode("utf-8", "replace"), "raw_path": path, "query_string": query,
            "root_path": "", "headers": list(headers), "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        }  # fmt: skip
        read, sent = set(), []
        with noting(read):
            start = time.perf_counter()
            self.loop.run_until_complete(self.app(scope, one_request(), keep(sent)))
            seconds = time.perf_counter() - start
        start, *bodies = sent
        assert start["type"] == "http.response.start" and bodies, f"no whole answer: {sent!r:.200}"
        assert {message["type"] for message in bodies} == {"http.response.body"}, "an answer within an answer"
        assert not bodies[-1].get("more_body") and all(message.get("more_body") for message in bodies[:-1])
        answer = Answer(start["status"], [tuple(pair) for pair in start["headers"]], b"", seconds, frozenset(read))
        body = b"".join(message.get("body", b"") for message in bodies)
        answer.body = gzip.decompress(body) if body and answer.header("content-encoding") == "gzip" else body
        return answer


def one_request():
    """What a server hands over: the request once, and then nothing until the reader goes away."""
    given = []

    async def receive():
        if given:
            await asyncio.Event().wait()
        given.append(True)
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive


def keep(messages):
    async def send(message):
        messages.append(message)

    return send


class noting:  # noqa: N801 - reads as a word: with noting(read)
    """While it lasts, every name by which a parameter is looked up goes into a set."""

    METHODS = ("get", "getlist", "__contains__", "__getitem__")

    def __init__(self, read):
        self.read = read

    def __enter__(self):
        self.stock = {name: getattr(MultiParams, name) for name in self.METHODS}
        for name, method in self.stock.items():
            setattr(MultiParams, name, self.noted(method))

    def noted(self, method):
        def look_up(params, key, *rest):
            if isinstance(key, str):
                self.read.add(key)
            return method(params, key, *rest)

        return look_up

    def __exit__(self, *error):
        for name, method in self.stock.items():
            setattr(MultiParams, name, method)
