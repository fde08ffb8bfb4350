"""Adds security headers to every answer, and keeps cookies and logins out: the site has no accounts."""

from __future__ import annotations

from datasette.app import Datasette

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
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
RAW = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
REPLACED = {name for name, _ in RAW} | {b"set-cookie"}
HSTS = (b"strict-transport-security", b"max-age=31536000")  # only where the site is reached by TLS
# The last one without a cookie proves nothing, and Datasette fails where it is no ASCII.
CREDENTIALS = (b"cookie", b"authorization", b"x-csrftoken")


class SecurityHeaders:
    """The application with security headers on all that it answers."""

    def __init__(self, app: App, datasette: Datasette, configuration: Configuration) -> None:
        self.app = app
        self.datasette = datasette

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0].lower() not in CREDENTIALS]}
        https = scope.get("scheme") == "https" or self.datasette.setting("force_https_urls")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(name, value) for name, value in message["headers"] if name.lower() not in REPLACED]
                headers += RAW + ([HSTS] if https else [])
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, with_headers)
