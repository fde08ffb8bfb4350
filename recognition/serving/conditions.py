"""The conditions of a request (RFC 9110, 13): what the visitor has already, and what he means to go on with.

An answer has a strong tag of its edition and its bytes, and a day on which it last changed. The tag decides where a request
names one; the day, which two builds of one day share, only where it does not, and never whether parts belong together.
"""

from __future__ import annotations

import time
from calendar import timegm
from dataclasses import dataclass
from datetime import date
from email.utils import formatdate

from datasette.utils.asgi import Base400

from .accepted import matches
from .asgi import Scope

# As HTTP writes a time, and as it was written long ago (RFC 9110, 5.6.7); always GMT.
TIMES = ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y")


class Unmet(Base400):
    """The visitor means another version than the one that is here; raised before anything is sent."""

    status = 412

    def __init__(self) -> None:
        super().__init__("This has changed since you asked for it. Ask again without If-Match and If-Unmodified-Since.")


@dataclass(frozen=True, slots=True)
class Version:
    """What tells an answer from others at its address: its strong tag with quotation marks, and seconds since 1970.

    An answer that must not be stored has neither.
    """

    tag: bytes = b""
    changed: int | None = None

    def is_known(self, scope: Scope) -> bool:
        """Whether the visitor has this version, so that the answer is 304. Raises Unmet where he means another."""
        same, unchanged = listed(scope, b"if-match"), seconds(listed(scope, b"if-unmodified-since"))
        if same is not None:
            if same != b"*" and self.tag not in (part.strip() for part in same.split(b",") if self.tag):
                raise Unmet
        elif unchanged is not None and self.changed is not None and self.changed > unchanged:
            raise Unmet
        if (other := listed(scope, b"if-none-match")) is not None:
            return bool(self.tag) and matches(other, self.tag)
        since = seconds(listed(scope, b"if-modified-since"))
        return since is not None and self.changed is not None and self.changed <= since

    def is_whole_of(self, scope: Scope) -> bool:
        """Whether the parts that a request asks for are of this version, or of whichever there is: its If-Range.

        A day never says so: it may be that of two builds.
        """
        return listed(scope, b"if-range") in (None, self.tag)


def listed(scope: Scope, name: bytes) -> bytes | None:
    """All values of a header of a request, with this lowercase name, as one list; None where there is none."""
    values = [value.strip() for key, value in scope["headers"] if key.lower() == name]
    return b", ".join(values) if values else None


def seconds(written: bytes | None) -> int | None:
    """A time of HTTP in seconds since 1970; None for what is none, which RFC 9110 says to ignore."""
    if written is None or len(written) > 40:
        return None
    for form in TIMES:
        try:
            return timegm(time.strptime(written.decode("ascii"), form))
        except ValueError:
            continue
    return None


def start_of(day: str) -> int | None:
    """The beginning of an ISO day (UTC) in seconds since 1970, or now where it is still to come; None for ''."""
    return min(timegm(date.fromisoformat(day).timetuple()), int(time.time())) if day else None


def as_time(moment: int) -> bytes:
    """Seconds since 1970 as HTTP writes a time."""
    return formatdate(moment, usegmt=True).encode()
