"""Saved questions as pages that people can fill in: the names of what was chosen in the title, and lists to choose from.

What an address asks for is put right before Datasette runs the SQL, see recognition/site/questions.py.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request

try:
    from recognition.site import questions
    from recognition.site.database import NAME
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

PAGES = ("table", "row")  # what Datasette calls the pages of tables, saved questions and rows

Variables = dict[str, Any]


@hookimpl
def extra_template_vars(
    datasette: Datasette, request: Request | None, database: str | None, view_name: str
) -> Callable[[], Awaitable[Variables]] | Variables:
    """On pages of tables, rows and questions `rule`, `rule_title`, `as_of` and `days`, by which their statuses are counted.

    On that of a saved question `question` as well, a Question.
    """
    if request is None or view_name not in PAGES or database != NAME:
        return {}
    name, args = request.url_vars["table"], request.args

    async def of_question(about: Variables) -> Variables:
        question = await questions.filled(datasette, name, {key: args.get(key) or "" for key in args})
        return {"question": question, **await questions.counted_under(datasette, about, question.values)}

    async def of_table() -> Variables:
        return await questions.counted_under(datasette, datasette.table_metadata(database, name) or {}, {})

    async def variables() -> Variables:
        about = questions.saved(datasette, name)
        return await of_question(about) if about else await of_table()

    return variables
