"""Lets scripts in the pages of other sites read every answer (CORS), errors and redirects included.

All that is here is public, and no answer depends on who asks: cookies and logins are not even read.
"""

from __future__ import annotations

from datasette.app import Datasette

from .asgi import App, Message, Receive, Scope, Send, header
from .configuration import Configuration
from .csv_answers import TRUNCATED

# Headers of answers that scripts may read; browsers let them read a few more by themselves, such as Last-Modified.
EXPOSED = (
    "ETag", "Link", "Content-Range", "Accept-Ranges", "Content-Length", "Content-Disposition", "Retry-After", "Allow",
    TRUNCATED,
)  # fmt: skip
# Headers that scripts may send. No other changes an answer, so that of old browsers, which do not know *, none is missed.
SENT = (
    "Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Content-Type", "*",
)  # fmt: skip
REMEMBERED = 86_400  # seconds; no browser remembers for longer what it may send
PREFIX = b"access-control-"
METHODS = PREFIX + b"allow-methods"
ANYWHERE = (b"access-control-allow-origin", b"*")
TO_SEND = [
    (b"access-control-allow-headers", ", ".join(SENT).encode()),
    (b"access-control-max-age", b"%d" % REMEMBERED),
]


def is_preflight(scope: Scope) -> bool:
    """Whether a browser asks what a script may send. What the address itself is worth, it asks afterwards."""
    return bool(scope["method"] == "OPTIONS" and header(scope, b"access-control-request-method"))


class OtherOrigins:
    """The application with what allows scripts to read each answer, and to send what its OPTIONS says."""

    def __init__(self, app: App, datasette: Datasette, configuration: Configuration) -> None:
        self.app = app
        exposed = ", ".join([*EXPOSED, *configuration.headers])
        self.allowed = [ANYWHERE, (b"access-control-expose-headers", exposed.encode())]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                # with `datasette --cors` there are some already
                headers = [pair for pair in message["headers"] if not pair[0].lower().startswith(PREFIX)] + self.allowed
                if scope["method"] == "OPTIONS":
                    headers += [(METHODS, value) for name, value in headers if name.lower() == b"allow"] + TO_SEND
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, with_headers)
