"""Asks html-validate about every kind of page, as the site sends it and as its scripts leave it; run by `make validate`.

It needs node 18 or newer, which not every machine has: that is why it is no part of `make test`, whose tests/site/test_markup.py
looks for the commonest faults. The pages are those of tests/seen/addresses.py. Where the variable VNU names a vnu.jar,
the W3C's validator is asked as well (it needs Java). tools/htmlvalidate.json leaves out rules of style: how a browser writes
attributes that are true, names that a form repeats (lists), long titles, ids that begin with a day.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import httpx
from playwright.sync_api import sync_playwright

from bench.measuring import ROOT
from bench.servers import SERVE, served
from tests import programs
from tests.browser.pages import PAGES
from tests.seen.addresses import PAGES as SEEN

VALIDATOR = ["npx", "--yes", "html-validate@9.7.1", "--config", str(Path(__file__).with_name("htmlvalidate.json"))]
ADDRESSES = dict.fromkeys([*PAGES, *(address for kind in SEEN.values() for address in kind)])
DATA = re.compile(r"\.(json|csv|xml|txt|db|ico)(\?|$)")


def saved(folder: Path, site: str) -> list[str]:
    """Writes the pages of a site into a folder: what is sent, and for one of each kind what its scripts make of it."""
    with httpx.Client(base_url=site, timeout=60) as reader:
        for number, address in enumerate(address for address in ADDRESSES if not DATA.search(address)):
            answer = reader.get(address)
            if answer.headers["content-type"].startswith("text/html"):
                (folder / f"{number}{re.sub(r'[^a-z0-9]+', '-', address)[:80]}.html").write_text(answer.text, "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=programs.ready("chromium"), args=[*programs.FLAGS])
        page = browser.new_page(base_url=site)
        for number, address in enumerate(PAGES):
            page.goto(address)
            page.locator("#find").fill("")
            page.locator("#find").press_sequentially("ghana")
            page.locator("#found [role=option]").first.wait_for()
            (folder / f"moved-{number}.html").write_text(page.content(), "utf-8")
        browser.close()
    return sorted(str(path) for path in folder.glob("*.html"))


def main() -> None:
    """Serves the built site for as long as it takes; ends with 1 where a validator finds anything."""
    if not shutil.which("npx"):
        raise SystemExit("make validate needs node 18 or newer, whose npx fetches html-validate; npx was not found")
    with tempfile.TemporaryDirectory() as folder:
        with served(ROOT, *SERVE, ".", "--port") as (port, _):
            pages = saved(Path(folder), f"http://127.0.0.1:{port}")
        print(f"{len(pages)} pages")
        failed = subprocess.run([*VALIDATOR, *pages]).returncode
        if jar := os.environ.get("VNU"):
            sent = [page for page in pages if "moved-" not in page]  # an editor writes styles into what it makes
            failed |= subprocess.run(["java", "-jar", jar, "--errors-only", *sent]).returncode
    raise SystemExit(bool(failed))


if __name__ == "__main__":
    main()
