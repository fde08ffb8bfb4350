"""Adds security headers to every answer, and keeps cookies and logins out: the site has no accounts."""

from __future__ import annotations

from datasette.app import Datasette

from .addresses import without_prefix
from .asgi import App, Message, Receive, Scope, Send
from .configuration import Configuration

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def policy(**changes: str) -> str:
    """POLICY as a header says it; `changes` are other values, by name with underscores."""
    told = POLICY | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}" for name, value in told.items())


HEADERS = {
    "Content-Security-Policy": policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# A page that others may show in a frame: any page may be around it, also one that asks of all it shows to allow that (COEP).
IN_FRAMES = HEADERS | {
    "Content-Security-Policy": policy(frame_ancestors="*"),
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


RAW, RAW_IN_FRAMES = raw(HEADERS), raw(IN_FRAMES)
REPLACED = {name for name, _ in RAW_IN_FRAMES} | {b"set-cookie"}
HSTS = (b"strict-transport-security", b"max-age=31536000")  # only where the site is reached by TLS
# The last one without a cookie proves nothing, and Datasette fails where it is no ASCII.
CREDENTIALS = (b"cookie", b"authorization", b"x-csrftoken")


class SecurityHeaders:
    """The application with security headers on all that it answers."""

    def __init__(self, app: App, datasette: Datasette, configuration: Configuration) -> None:
        self.app = app
        self.datasette = datasette
        self.framed = configuration.framed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0].lower() not in CREDENTIALS]}
        is_framed = without_prefix(scope["path"], self.datasette.setting("base_url")).startswith(self.framed)
        https = scope.get("scheme") == "https" or self.datasette.setting("force_https_urls")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(name, value) for name, value in message["headers"] if name.lower() not in REPLACED]
                headers += (RAW_IN_FRAMES if is_framed else RAW) + ([HSTS] if https else [])
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, with_headers)
