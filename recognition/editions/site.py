"""Asks the site of a folder, in a process of its own, which pages it has and what each is called.

So an earlier commit answers with its own code, and what the sitemap lists has one home.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from recognition import dates

ADDRESS = "http://localhost/"  # sitemaps have whole addresses
# Run in the folder of the site, whose modules come before those of this one.
ASK = """
import asyncio, html, json, re
from pathlib import Path
from datasette.app import Datasette

async def main():
    site = Datasette([], config_dir=Path())
    await site.invoke_startup()
    listed = re.findall('<loc>(.*?)</loc>', (await site.client.get('/sitemap.xml')).text)
    paths = sorted({re.sub('^https?://[^/]+', '', html.unescape(address)) for address in listed})
    titles = {}
    for path in paths:
        found = re.search('<title>(.*?)</title>', (await site.client.get(path)).text, re.DOTALL)
        titles[path] = ' '.join(html.unescape(found[1]).split()) if found else path
    print(json.dumps(titles))

asyncio.run(main())
"""


class NotAsked(Exception):
    """Why a command about editions ends without having done its work, and what to do, as a sentence."""


def pages(folder: Path, day: str) -> dict[str, str]:
    """The titles of the pages that the sitemap of a built folder lists, by path. Raises NotAsked with what the site said.

    `day` is the ISO day that the site takes for today, and that no title repeats: it is what was there on any day.
    """
    said = {
        "RECOGNITION_ADDRESS": ADDRESS,
        "RECOGNITION_TODAY": day,
        "PYTHONPATH": str(folder.resolve()),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    found = subprocess.run(
        [sys.executable, "-c", ASK], cwd=folder, env={**os.environ, **said}, capture_output=True, text=True
    )
    if found.returncode:
        last = found.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise NotAsked(f"The site in {folder} could not be asked for its pages: {last[0]}")
    titles: dict[str, str] = json.loads(found.stdout)
    told = re.compile(rf"(,| on) {re.escape(dates.said(day))}")
    return {path: told.sub("", title) for path, title in titles.items()}
