"""Makes every search box forgiving: words, phrases and quotes as people type them, never a syntax error."""

import re

from datasette import hookimpl

PHRASE_OR_WORD = re.compile(r'"([^"]*)"|([^\s"]+)')
CURLY_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "\0": " "})
PREFIX_FROM = 3  # letters of the last word from which it also finds longer ones: 'maced' finds Macedonia, 'EU' not Europe
FINDS_NOTHING = '""'


def fts_query(text: str | None) -> str:
    """The FTS5 query for what a reader typed: all words, in any order; quoted words together; the last may be cut short.

    Every operator of FTS5 is taken as text, so no input is a syntax error; text without a letter or digit finds nothing.
    """
    found = PHRASE_OR_WORD.findall((text or "").translate(CURLY_QUOTES))
    terms = []
    for position, (phrase, word) in enumerate(found, 1):
        if not any(character.isalnum() for character in phrase or word):
            continue
        cut_short = word.endswith("*") or (position == len(found) and len(word) >= PREFIX_FROM)
        terms.append(f'"{phrase or word}"' + ("*" if cut_short else ""))
    return " ".join(terms) or FINDS_NOTHING


@hookimpl(trylast=True)  # after Datasette has registered its own escape_fts, which `_search` calls: this one replaces it
def prepare_connection(conn):
    conn.create_function("escape_fts", 1, fts_query, deterministic=True)
