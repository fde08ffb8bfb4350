"""Pages say in their headers what they are of, how they are cited and where their data are, see recognition/site/signposts.py."""

from __future__ import annotations

from collections.abc import Callable

from datasette import hookimpl
from datasette.app import Datasette

try:
    from recognition.serving.asgi import App, Message, Receive, Scope, Send
    from recognition.site.signposts import signposts
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

PAGE = b"text/html"


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    """Inside of what keeps the answers, so that the header is kept with them; outside of Datasette, whose own pages have it too."""

    def wrap(app: App) -> App:
        async def with_signposts(scope: Scope, receive: Receive, send: Send) -> None:
            told = signposts(datasette, scope["path"]) if scope["type"] == "http" else None

            async def send_with(message: Message) -> None:
                if told and message["type"] == "http.response.start" and message["status"] == 200:
                    kind = dict(message["headers"]).get(b"content-type", b"")
                    if kind.startswith(PAGE):
                        message = {**message, "headers": [*message["headers"], (b"link", told.encode("latin-1"))]}
                await send(message)

            await app(scope, receive, send_with if told else send)

        return with_signposts

    return wrap
