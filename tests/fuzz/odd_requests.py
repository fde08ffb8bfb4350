"""Odd requests for every route: its addresses, damaged; its parameters, with what nobody should give them; odd headers."""

# ruff: noqa: E501 - lists of odd things, many to a line

import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

from datasette.utils import tilde_encode
from hypothesis import strategies as st

from tests.fuzz.every_address import DATABASE, MARKER

# Characters that may stand in the first line of a request as they are; all others are sent percent-encoded.
SENT_AS_THEY_ARE = "!\"#$&'()*+,-./:;<=>@[\\]^_`{|}~"
LONG = "a" * 3_000
ODD_TEXTS = (
    "", " ", "0", "-1", "1", "2", "7", "26", "1001", "1.5", "1e9", "²", "٣", "max", "on", "off", "null", "NaN", "$null", "\0", "a\0b",
    "9223372036854775808", "9" * 5_000, "'", '"', "`", "[", "]", "{", "}", "{}", "[]", '["a"]', '["a", ["b"]]', "[1e400]", "[{}]",
    '["\\ud800"]', '{"table": "positions", "column": "id", "value": "ghana"}', '{"table": "memberships", "column": "country_id", "value": {}}',
    '{"table": "\\ud800", "column": "x", "value": 1}', '{"column": ["status"]}', '{"column": "status"}', "%", "%s", "%%%", "_" * 500, "%_" * 400,
    "*", "a*", "NEAR(", "a OR", '"a', "2013-07-01", "2013-02-30", "0000-00-00", "9999-12-31", "20130701", "../../etc/passwd", "..\\..\\x",
    "<script>alert(1)</script>", "{{7*7}}", "${7*7}", "\r\nX-Injected: 1", "\u2028", "\ufeff", "😀", "İ", "e\u0301", "\ud7ff", ",", ",,", "a,b", "~", "~ED~A0~80",
    LONG, "é" * 2_000, "((((((((((" * 60, "__", "__exact", "rowid", "1;", "--", "/*",
)  # fmt: skip
STATEMENTS = (
    "select 1", "select", "SELECT 1;", "select 1; select 2", "select 1; drop table countries", "delete from countries", "select nothing",
    "select * from nowhere", "select ?", "select ?1", "select :_x", "select :a, :b", "select ':a'", "select * from countries", "select 1 limit 0",
    "select x'00ff', zeroblob(9), randomblob(9)", "select cast(x'ff' as text), char(0), char(55296)", "select 9e999, -9e999, 9223372036854775807",
    "select 1 as a, 2 as a", "select 1 as ''", "select 'x' as 'a\0b'", "select '\0'", "select replace(hex(zeroblob(999)), '0', 'http://a')",
    "with recursive c(x) as (select 1 union all select x + 1 from c) select * from c", "with recursive c(x) as (select 1 union all select x + 1 from c) select max(x) from c",
    "select count(*) from passages a, passages b, passages c, passages d", "select " + "(" * 900 + "1" + ")" * 900, "select " + "1+" * 2_000 + "1", "select " + ",".join(["1"] * 3_000),
    "select json('{')", "select json_extract('{}', '$[')", "select load_extension('x')", "pragma user_version", "select * from pragma_table_info('countries')",
    "attach ':memory:' as x", "explain select 1", "explain query plan select 1", "select * from search where search match '\"'", "select escape_fts(null)", "select escape_fts(x'ff')",
    "select printf('%n%s', 1)", "select like('%a%a%a%a%a%b', hex(zeroblob(2000)))", "select glob('*a*a*a*a*b', hex(zeroblob(2000)))", "vacuum", "select 'é' collate nowhere",
    " " * 5_000 + "x", "/**/ " * 500 + "x", "values (1)", "select bm25(search) from search", "select abs(-9223372036854775808)", "select date('now', '+999999999999 years')",
)  # fmt: skip
CONDITIONS = (
    "1", "0", "1=1) or (1=1", "no_such_column = 1", "1 and", "exists (select 1)", "(select 1, 2)", "1 group by 1", "1 union select 1", ":x = 1",
    "(with recursive c(x) as (select 1 union all select x + 1 from c) select max(x) from c) > 0", "rowid < 30 or (with recursive c(x) as (select 1 union all select x + 1 from c limit 300000) select max(x) from c) > 0",
)  # fmt: skip


def coded(path, form, every=1):
    """A path with each of its letters, or every third and so on, written as a form says; what is encoded already remains."""
    letters = [found.start() for found in re.finditer(r"[~%]..|([A-Za-z0-9_-])", path) if found[1]][::every]
    return "".join(form.format(ord(character)) if at in letters else character for at, character in enumerate(path))


DAMAGES = (
    lambda path: path + "/", lambda path: path + "//", lambda path: "/" + path, lambda path: path.replace("/", "//"), lambda path: "/." + path,
    lambda path: "/.." + path, lambda path: path + "/..", lambda path: path + ".", lambda path: path + ".json", lambda path: path + ".csv", lambda path: path + ".xyz",
    lambda path: path + "%", lambda path: path + "%00", lambda path: path + "%ff", lambda path: path + "%zz", lambda path: path + "%0d%0aX:%201", lambda path: path + "%2F..%2F",
    lambda path: path + "~00", lambda path: path + "~", lambda path: path + "~FF", lambda path: path.upper(), lambda path: path.replace("/", "\\"), lambda path: path + LONG,
    lambda path: path + "/x" * 200, lambda path: path + "." * 500, lambda path: path[:-1] or "/", lambda path: path + ";a=b", lambda path: path + "#x", lambda path: path.lstrip("/"),
    lambda path: "http://other.example" + path, lambda path: path + "?", lambda path: "/-" + path, lambda path: f"/{DATABASE}{path}", lambda path: "*", lambda path: "/\\other.example/",
    lambda path: coded(path, "%{:02X}"), lambda path: coded(path, "%{:02x}"), lambda path: coded(path, "~{:02X}"), lambda path: coded(path, "~{:02x}"),
    lambda path: coded(path, "%7E{:02X}"), lambda path: coded(path, "~7E{:02X}"), lambda path: coded(path, "%25{:02X}"), lambda path: coded(path, "~25{:02x}"),
    lambda path: coded(path, "~{:02X}", 3), lambda path: coded(path, "%{:02x}", 5), lambda path: coded(coded(path, "~{:02x}", 3), "%{:02X}", 4),
    lambda path: coded(path, "%C1%{:02X}", 4), lambda path: "/x/.." + path, lambda path: "/%2e%2E" + path, lambda path: path + "/~2e~2e/x", lambda path: path + "~",
    lambda path: path.replace("/", "%2F"), lambda path: path.replace("/", "~2f"), lambda path: path.replace("s", "\u017f"), lambda path: path.replace("k", "\u212a"),
    lambda path: path.title() + "%20", lambda path: path + "%C2%85", lambda path: path + "\u202e", lambda path: path + ".J\u017fON",
)  # fmt: skip
HEADERS = {
    b"host": (b"", b"[", b"[::1", b"[::1]:80", b"a b", b"x:y", b"localhost:99999999", b'"><script>', b"other.example", b"\xff", b"a" * 3_000, b"a/b?c#d", b"user@host", b"\xc3\xa9"),
    b"cookie": (b"a(b=1", b"=", b";;;", b"a=\xff", b"ds_actor=x", b"ds_messages=x", b"ds_csrftoken=x", b'a="\\', b"a=b; " * 500, b"expires=1; path=2"),
    b"accept": (b"application/json", b"*/*;q=x", b"\xff", b"," * 999),
    b"range": (b"bytes=0-0", b"bytes=5-2", b"bytes=-", b"bytes=9999999999-", b"lines=1-2", b"bytes=0-1,3-4", b"bytes=\xff"),
    b"if-none-match": (b"*", b'"x"', b'W/"', b"\xff", b", ," * 99),
    b"if-modified-since": (b"yesterday", b"Thu, 01 Jan 1970 00:00:00 GMT"),
    b"accept-encoding": (b"gzip", b"br;q=x", b"identity;q=0, *;q=0", b"\xff"),
    b"authorization": (b"Bearer x", b"Basic \xff", b"Bearer dstok_x", b""),
    b"content-type": (b"application/json", b"multipart/form-data", b"multipart/form-data; boundary=", b"application/x-www-form-urlencoded", b"\xff"),
    b"x-forwarded-proto": (b"https", b"javascript", b"\xff"),
    b"x-forwarded-host": (b"other.example", b"\xff"),
    b"origin": (b"null", b"https://other.example"),
    b"content-length": (b"0", b"-1", b"x"),
    b"upgrade": (b"websocket", b"h2c"),
}  # fmt: skip
ODD_METHODS = (
    "HEAD", "HEAD", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "DATA", "RENDER", "get",
    "__INIT__",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One request, as its bytes are sent."""

    method: str
    target: bytes
    headers: tuple

    @property
    def names(self):
        query = self.target.partition(b"?")[2].decode("latin-1")
        return {name for name, _ in parse_qsl(query, keep_blank_values=True)}

    def __repr__(self):
        return f"{self.method} {self.target.decode('latin-1')[:600]} {list(self.headers)!r:.300}"


LONGEST_QUESTION = 60_000  # more than that no server passes on


def seldom(draw, times):
    """True once in so many times; an integer would not do, for Hypothesis likes some of them better than others."""
    return draw(st.sampled_from([False] * (times - 1) + [True]))


def quoted(text):
    return quote(text, safe=SENT_AS_THEY_ARE + "%")


@st.composite
def paths(draw, site, route):
    """An address that its route matches, but for what is put into its groups; and the table that it names, if any."""
    pattern, groups = route.regex
    path = draw(st.from_regex(re.compile(pattern)).map(lambda found: found.rstrip("\n")))
    table = None
    for number, (group, body) in enumerate(groups):
        known = st.sampled_from(site.known(group, body, route, table))
        value = tilde_encode(draw(st.sampled_from(ODD_TEXTS))) if seldom(draw, 15) else draw(known)
        table = value if group == "table" else table
        path = path.replace(chr(MARKER + number), value)
    return path, table


@st.composite
def values(draw, site, name, table):
    """What somebody may give a parameter: what it is for, or anything else."""
    known = [*site.columns.get(table, ()), *site.keys.get(table, ())] or list(site.columns)
    choices = [st.sampled_from(ODD_TEXTS), st.sampled_from(ODD_TEXTS), st.sampled_from(known), st.text(max_size=12)]
    if name == "sql":
        choices += [st.sampled_from(STATEMENTS)] * 9
    if name == "_where":
        choices += [st.sampled_from(CONDITIONS)] * 9
    if name == "_shape":
        choices += [st.sampled_from(["array", "arrays", "arrayfirst", "object", "objects", "nothing"])] * 4
    if name == "_through":
        own = st.fixed_dictionaries(
            {
                "table": st.sampled_from(list(site.columns)),
                "column": st.sampled_from(known),
                "value": st.sampled_from(ODD_TEXTS),
            }
        )
        choices += [own.map(json.dumps)] * 2
    return draw(st.one_of(choices))


@st.composite
def questions(draw, site, route, table):
    """The part behind the question mark: a few parameters, some of them twice, or very many."""
    names = sorted(site.parameters(route, table)) or ["x"]
    read = sorted(route.names) or names
    each = st.one_of(
        st.sampled_from(read),
        st.sampled_from(read),
        st.sampled_from(names),
        st.sampled_from(names),
        st.sampled_from(ODD_TEXTS),
    )
    asked = draw(st.lists(each, max_size=4))
    if asked and seldom(draw, 20):
        asked += [asked[0]] * draw(st.sampled_from([1, 2, 40, 99, 400]))
    pairs = [
        (name, draw(values(site, name, table)) if number < 6 else str(number)) for number, name in enumerate(asked)
    ]
    text = "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)
    if seldom(draw, 25):
        text += draw(
            st.sampled_from(
                [
                    "&", "&&=&", "&%", "&a=%ff", "&%zz=1", "&a=b=c", ";a=1", "&" + "&".join(f"n{n}" for n in range(3_000)),
                    "?", "&=x",
                ]
            )
        )  # fmt: skip
    return text[:LONGEST_QUESTION]


@st.composite
def requests(draw, site, route):
    path, table = draw(paths(site, route))
    question = draw(questions(site, route, table))
    if seldom(draw, 12):
        path = draw(st.sampled_from(DAMAGES))(path)
    headers = ()
    if seldom(draw, 8):
        named = draw(st.lists(st.sampled_from(sorted(HEADERS)), max_size=2, unique=True))
        headers = tuple((name, draw(st.sampled_from(HEADERS[name]))) for name in named)
    target = quoted(path) + ("?" + question if question else "")
    method = draw(st.sampled_from(ODD_METHODS)) if seldom(draw, 10) else "GET"
    return Asked(method, target.encode(), headers)
