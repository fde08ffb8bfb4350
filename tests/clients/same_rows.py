"""What other programs must find in the file: the rows that Python's SQLite finds in every table and view, in any order."""

from collections import Counter

TABLES = """
select name from pragma_table_list where schema = 'main' and type in ('table', 'view') and name not like 'sqlite_%' order by name
"""


def names(db):
    """The tables and views of the file, without what SQLite itself needs and full-text indexes."""
    found = [name for (name,) in db.execute(TABLES)]
    assert len(found) > 40 and {"countries", "tallies", "today", "count_explanations"} <= set(found)
    return found


def rows(db, name):
    """The rows of a table or view as a Counter of tuples; none of them is empty."""
    found = Counter(db.execute(f"select * from [{name}]").fetchall())
    assert found, name
    return found


def counted(found):
    """The same of rows that come as JSON."""
    return Counter(map(tuple, found))
