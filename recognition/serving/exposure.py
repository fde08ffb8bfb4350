"""What strangers get to see and to do with pages: security headers on every answer, no debug pages, no paths, no cookies."""

from datasette.utils.asgi import NotFound

DATABASE = "recognition"
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
NAMES = {name for name, _ in RAW} | {b"set-cookie"}
HSTS = (b"strict-transport-security", b"max-age=31536000")  # only where the site is reached by TLS
ANYWHERE = (b"access-control-allow-origin", b"*")  # with `datasette --cors`: scripts of other sites may read
# Of Datasette's own pages under /-/: what a page is made of. The others are for who runs the site.
OPEN = "static|static-plugins|health"
SHADOWS = r"(\w+_fts|search)_(data|idx|docsize|config|content)"  # the tables in which SQLite keeps full-text indexes
CREDENTIALS = (b"cookie", b"authorization")  # the site has no accounts: pages never depend on who asks


class Exposure:
    def __init__(self, app, datasette):
        self.app = app
        self.datasette = datasette

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0].lower() not in CREDENTIALS]}
        https = scope.get("scheme") == "https" or self.datasette.setting("force_https_urls")

        async def with_headers(message):
            if message["type"] == "http.response.start":
                headers = [(name, value) for name, value in message["headers"] if name.lower() not in NAMES]
                headers += RAW + ([HSTS] if https else [])
                if self.datasette.cors and not any(name.lower() == ANYWHERE[0] for name, _ in headers):
                    headers.append(ANYWHERE)
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, with_headers)


async def closed(request):
    raise NotFound("There is no such page.")


def routes():
    return [(rf"^/-/(?!({OPEN})(/|$|\.))", closed), (rf"^/{DATABASE}/{SHADOWS}(/|\.|$)", closed)]
