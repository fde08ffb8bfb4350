"""Names in other languages are those of their source, Unicode CLDR as packaged by Babel."""

import csv

from tools.local_names import LANGUAGES, local_names


def test_the_file_is_what_its_source_gives(root):
    with (root / "sources/local_names.csv").open(encoding="utf-8", newline="") as opened:
        rows = [tuple(row) for row in csv.reader(opened)]
    assert rows == [("country", "language", "name"), *local_names()]


def test_every_language_has_a_name_for_nearly_every_country_with_a_code(db):
    named = {
        language: db.execute(
            "select count(distinct country_id) from country_names where ' ' || language || ' ' like ?",
            (f"% {language} %",),
        ).fetchone()[0]
        for language in LANGUAGES
    }
    assert all(named[language] == 200 for language in ("ar", "ru", "sr", "zh")), named
