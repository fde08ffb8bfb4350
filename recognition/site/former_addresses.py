"""The addresses of rows in the second edition, made of lines and ordinals, which lead on to the rows' keys of words."""

from __future__ import annotations

from recognition.site.database import NAME

NUMBER = r"(?P<former>\d+)"
ROW = r"(?P<former>(?:un|non_un|withdrawn)-\d+)"
COUNT = r"(?P<former>article-[a-z-]+-line-\d+)"
FORMAT = r"(?:\.\w+)?$"
# Regular expressions of paths, by the table whose key they have in the group 'former'. No key of today looks like these.
FORMER: dict[str, tuple[str, ...]] = {
    "passages": (rf"/{NAME}/passages/{NUMBER}{FORMAT}", rf"/{NAME}/mentions/[^/,]+,{NUMBER}{FORMAT}"),
    "positions": (rf"/{NAME}/positions/{NUMBER}{FORMAT}", rf"/{NAME}/position_themes/{NUMBER},[^/]+$"),
    "stated_figures": (rf"/{NAME}/stated_figures/{NUMBER}{FORMAT}",),
    "recognitions": (
        rf"/{NAME}/recognitions/{ROW}{FORMAT}",
        rf"/{NAME}/audit/(?:order|number|date|withdrawal-date)-{ROW}{FORMAT}",
    ),
    "published_counts": (
        rf"/counts/{COUNT}{FORMAT}",
        rf"/{NAME}/published_counts/{COUNT}{FORMAT}",
        rf"/{NAME}/audit/(?:count|total)-{COUNT}{FORMAT}",
    ),
}
PATTERNS = tuple(pattern for patterns in FORMER.values() for pattern in patterns)
