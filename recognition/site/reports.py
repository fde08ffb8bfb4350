"""'Something is wrong here': a link to a letter or an issue that is begun already, with the row, the edition and the address.

One setting names where it goes: plugins, reports, address in metadata.yml, or the variable of the environment that it names. It
is an e-mail address, or the address of the page on which a new issue is written. Without it nothing is shown.
"""

from __future__ import annotations

import os
import re
from typing import Any
from urllib.parse import quote, urlsplit

import click
from datasette.utils import StartupError, resolve_env_secrets
from markupsafe import Markup

SETTING = "plugins, reports, address in metadata.yml"
MAIL = re.compile(r"[^\s@,;<>\"?&%]+@[^\s@,;<>\"?&%]+\.[^\s@,;<>\"?&%]+")
LONGEST = 100  # characters of what a report calls the row
LONGEST_IN_BRIEF = 40
QUESTIONS = (
    "What is wrong, and what should be there instead?",
    "",
    "Which document shows it (publisher, title, day, address)?",
    "",
)
LABEL = "Something is wrong here"


class ReportsRefused(StartupError, click.ClickException):
    """Why the site does not start and what to do; Datasette's command prints the message alone."""


def address_of(metadata: dict[str, Any]) -> str | None:
    """Where reports go, from the content of metadata.yml; None where nothing is set. Raises ReportsRefused for what is no address."""
    said = ((metadata.get("plugins") or {}).get("reports") or {}).get("address")
    address = resolve_env_secrets(said, os.environ)
    if not address:
        return None
    text = str(address).removeprefix("mailto:")
    if MAIL.fullmatch(text) or is_page(text):
        return text
    name = said["$env"] if isinstance(said, dict) and "$env" in said else SETTING
    raise ReportsRefused(
        f"{name} is {address!r}: it must be an e-mail address, or one that begins with https:// of a page on which issues are written."
    )


def is_page(text: str) -> bool:
    """Whether a text is the address of a page, to which a question can be added."""
    try:
        host = urlsplit(text).hostname
    except ValueError:
        return False
    return bool(re.fullmatch(r"https?://[!-~]+", text)) and bool(host) and "#" not in text


def report_address(to: str, table: str, key: str, called: str, edition: str, page: str, in_brief: bool = False) -> str:
    """The address of a report on a row that is begun. `to` is that of the setting, `edition` and `page` name what is seen.

    Every part is percent-encoded, whatever signs it has; a letter has the ends of lines that RFC 6068 wants.
    """
    title = f"{LABEL}: {called[: LONGEST_IN_BRIEF if in_brief else LONGEST]}"
    questions = () if in_brief else QUESTIONS
    lines = [f"Row: {table} {key}", f"Edition: {edition}", f"Page: {page}", "", *questions]
    is_mail = "://" not in to
    body = quote(("\r\n" if is_mail else "\n").join(lines), safe="")
    if is_mail:
        return f"mailto:{quote(to, safe='@+')}?subject={quote(title, safe='')}&body={body}"
    return f"{to}{'&' if '?' in to else '?'}title={quote(title, safe='')}&body={body}"


def report_link(address: str, in_text: bool) -> Markup:
    """The link as HTML; in the text of the article it is seen at the passage that was led to."""
    css = "report of-passage" if in_text else "report"
    away = "" if address.startswith("mailto:") else ' rel="external nofollow"'
    return Markup('<a class="{}" href="{}"{}>{}</a>').format(css, address, Markup(away), LABEL)
