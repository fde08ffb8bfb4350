"""Serves one SQLite file that never changes with Datasette 0.65, in front of visitors who may ask anything of it.

Limits of connections, caching, visitors' SQL in processes of its own, one spelling of each address, refusals, closed
pages, health, the check before the start, the download. Nothing here knows what the database is about: a site makes one
Configuration and registers the hooks, as plugins/serving.py does, and `python -m recognition.serving FOLDER` serves it.
"""

from __future__ import annotations

import sys

SERIES = "0.65"


def check_datasette() -> None:
    """Exit with a sentence where the Datasette that is loaded is of another series. The processes for SQL load none."""
    loaded = sys.modules.get("datasette")
    if loaded and not loaded.__version__.startswith(f"{SERIES}."):
        raise SystemExit(
            f"Error: This site needs Datasette {SERIES}, not the installed {loaded.__version__}. "
            "Install what the site needs: pip install -r requirements.txt"
        )


check_datasette()
