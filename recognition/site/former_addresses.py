"""The addresses of rows in the second edition, made of lines and ordinals, which lead on to the rows' keys of words."""

from __future__ import annotations

from recognition.site.database import NAME

NUMBER = r"\d+"
ROW = r"(?:un|non_un|withdrawn)-\d+"
COUNT = r"article-[a-z-]+-line-\d+"
FORMAT = r"(?:\.\w+)?"


def path(before: str, former: str, after: str = FORMAT) -> str:
    """A regular expression of paths; its groups are what comes before a former key, the key, and what comes after it."""
    return f"/(?P<before>{before})(?P<former>{former})(?P<after>{after})$"


# The paths by the table whose former key they have. No key of today looks like one of these.
FORMER: dict[str, tuple[str, ...]] = {
    "passages": (path(f"{NAME}/passages/", NUMBER), path(f"{NAME}/mentions/[^/,]+,", NUMBER)),
    "positions": (path(f"{NAME}/positions/", NUMBER), path(f"{NAME}/position_themes/", NUMBER, r",[^/]+")),
    "stated_figures": (path(f"{NAME}/stated_figures/", NUMBER),),
    "recognitions": (
        path(f"{NAME}/recognitions/", ROW),
        path(f"{NAME}/audit/(?:order|number|date|withdrawal-date)-", ROW),
    ),
    "published_counts": (
        path("counts/", COUNT),
        path(f"{NAME}/published_counts/", COUNT),
        path(f"{NAME}/audit/(?:count|total)-", COUNT),
    ),
}
PATTERNS = tuple(pattern for patterns in FORMER.values() for pattern in patterns)
