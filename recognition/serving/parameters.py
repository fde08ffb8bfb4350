"""The parameters of Datasette's pages: one that Datasette could not read gets a sentence with status 400 instead of a 500."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from datasette.utils import MultiParams, ValueAsBooleanError, value_as_boolean
from datasette.utils.asgi import BadRequest

from .strict_json import from_json

LARGEST = 2**63 - 1  # the largest whole number that SQLite knows
FACETS_AT_MOST = 10  # each is a question of its own
FILTERS_AT_ONCE = 300  # characters; more may be slow to find rows by
NUMBER = re.compile(r"\d{1,9}", re.ASCII)
THROUGH = '{"table": "members", "column": "group", "value": "a"}'


def is_number(value: str) -> bool:
    return value in ("", "max") or NUMBER.fullmatch(value) is not None


def is_yes_or_no(value: str) -> bool:
    try:
        value_as_boolean(value)
    except ValueAsBooleanError:
        return False
    return True


def is_comparable(value: str) -> bool:
    """Whether SQLite can compare with it: Datasette makes a number of all digits, of any script and of any length."""
    return not value.isdigit() or (value.isascii() and len(value) < 20 and int(value) <= LARGEST)


def is_json(value: str, allowed: Callable[[Any], bool]) -> bool:
    """Whether text is JSON that `allowed` accepts."""
    try:
        return allowed(from_json(value))
    except ValueError:
        return False


def is_value(read: object) -> bool:
    """Whether SQLite can be given it: null, text, or a number that is not too large."""
    return read is None or isinstance(read, str) or (isinstance(read, int | float) and abs(read) <= LARGEST)


def is_list(value: str) -> bool:
    return not value.startswith("[") or is_json(value, lambda read: isinstance(read, list) and all(map(is_value, read)))


def is_through(value: str) -> bool:
    def allowed(read: Any) -> bool:
        if not isinstance(read, dict) or not {"table", "column", "value"} <= read.keys():
            return False
        return isinstance(read["table"], str) and isinstance(read["column"], str) and is_value(read["value"])

    return is_json(value, allowed)


def is_facet(value: str) -> bool:
    return not value.startswith("{") or is_json(
        value, lambda read: isinstance(read.get("column") or read.get("simple"), str)
    )


# Names of parameters, whether a value is right, and the same in words.
CHECKS: tuple[tuple[str, Callable[[str], bool], str], ...] = (
    (r"_(ttl|facet_size)", is_number, "a whole number of at most nine digits"),
    (r"_timelimit", lambda value: value != "max" and is_number(value), "a whole number of at most nine digits"),
    (r"_(json_infinity|bom)", is_yes_or_no, "1, 0, on, off, true or false"),
    (r".+__(gt|gte|lt|lte)", is_comparable, f"text, or a number up to {LARGEST}"),
    (r".+__(in|notin)", is_list, 'values such as a,b,c or a JSON list of them such as ["a", "b"]'),
    (r"_through", is_through, f"a JSON object such as {THROUGH}"),
    (r"_facet(_array|_date)?", is_facet, 'the name of a column, or {"column": "name"}'),
)
# Datasette reads every name with this beginning: those that it can read, and the same in words.
FAMILIES = (
    (
        "_facet",
        r"_facet(_size|_array|_date)?",
        "facets are _facet, _facet_array, _facet_date, and their _facet_size",
    ),
    ("_search", r"_search(mode|_.+)?", "it is _search, _searchmode, or _search_ and the name of a column"),
)
# What Datasette's pages read, and this site's in their place. Other names with _ at the beginning mean nothing to them,
# unless __ is in it, as in a filter of a column; those of FAMILIES that cannot be read are answered with a sentence.
SPECIAL = re.compile(
    r"_(col|nocol|columns|sort|sort_desc|sort_by_desc|size|next|where|through|search.*|facet.*|nofacet|nocount|nosuggest|"
    r"filter_(column|op|value)(_\d+)?|labels?|extras?|shape|json|json_infinity|nl|ttl|timelimit|trace|stream|bom|dl|header|"
    r"hide_sql|show_sql|show_hidden|blob_column|blob_hash|format)",
    re.DOTALL,
)


def means_nothing(name: str) -> bool:
    """Whether the name of a parameter is one that no page of Datasette reads, whatever columns or questions there are."""
    return name.startswith("_") and "__" not in name and not SPECIAL.fullmatch(name)


def check(args: MultiParams) -> None:
    """Raises BadRequest with a sentence about the first parameter that Datasette could not read, or too many facets."""
    facets = [name for name in args if name.startswith("_facet") and name != "_facet_size"]
    if sum(len(args.getlist(name)) for name in facets) > FACETS_AT_MOST:
        raise BadRequest(f"At most {FACETS_AT_MOST} facets at a time.")
    for name in args:
        shown = name[:40]
        for beginning, known, words in FAMILIES:
            if name.startswith(beginning) and not re.fullmatch(known, name, re.DOTALL):
                raise BadRequest(f"There is no {shown}: {words}.")
        for pattern, is_right, words in CHECKS:
            for value in args.getlist(name) if re.fullmatch(pattern, name, re.DOTALL) else ():
                if not is_right(value):
                    raise BadRequest(f"{shown} must be {words}, not {value[:40]!r}.")


def is_slow(args: MultiParams) -> bool:
    """Whether the rows of a table may take long to find: by SQL, by a search in SQLite's own words, or by long filters."""
    filters = [name for name in args if not name.startswith("_") or "__" in name or re.match("_(search|through)", name)]
    length = sum(len(name) + len(value) for name in filters for value in args.getlist(name))
    return "_where" in args or args.get("_searchmode") == "raw" or length > FILTERS_AT_ONCE
