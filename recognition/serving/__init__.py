"""Serves one SQLite file that never changes with Datasette 0.65, in front of visitors who may ask anything of it.

Caching, limits of visitors' SQL, refusals, closed pages, health, the check before the start, the download. Nothing here
knows what the database is about: a site makes one Configuration and registers the hooks, as plugins/serving.py does.
"""

from __future__ import annotations

import datasette

SERIES = "0.65"

if not datasette.__version__.startswith(f"{SERIES}."):
    raise SystemExit(
        f"Error: This site needs Datasette {SERIES}, not the installed {datasette.__version__}. "
        "Install what the site needs: pip install -r requirements.txt"
    )
