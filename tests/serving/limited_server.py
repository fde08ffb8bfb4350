"""A server with limits of a test's choice and a small application: python -m tests.serving.limited_server '{"burst": 3}'.

It writes to standard output and error what the site's server would, the port first.
"""

import asyncio
import json
import sys

from recognition.serving.__main__ import bound
from recognition.serving.connections import Limits, Server
from recognition.serving.forwarded import Proxies

PIECE = b"x" * 65_536


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            kind = (await receive())["type"]
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    if scope["path"] == "/large":  # 16 MB
        for _ in range(250):
            await send({"type": "http.response.body", "body": PIECE, "more_body": True})
    elif scope["path"] == "/endless":
        await send({"type": "http.response.body", "body": b"begun\n", "more_body": True})
        while True:  # one that does not look whether anybody is there
            await asyncio.sleep(3600)
    elif scope["path"] == "/visitor":
        said = json.dumps([*scope["client"], scope["scheme"]]).encode()
        await send({"type": "http.response.body", "body": said, "more_body": True})
    await send({"type": "http.response.body", "body": b"end\n"})


if __name__ == "__main__":
    proxies = Proxies(sys.argv[2] if len(sys.argv) > 2 else "192.0.2.1")
    sockets = bound("127.0.0.1", 0)
    asyncio.run(Server(application, Limits(**json.loads(sys.argv[1])), proxies).serve(sockets))
