"""The Model Context Protocol over HTTP, without state: a message of JSON-RPC 2.0 comes by POST, its answer goes back as JSON.

It speaks the revision without a handshake (2026-07-28, 'modern'), and the earlier ones, in which `initialize` comes first;
each message says which it is. What can be called, `Tools` knows.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any, Protocol

from datasette.utils.asgi import Request, Response

from .asgi import header
from .bodies import body_of
from .strict_json import from_json

MODERN = "2026-07-28"
EARLIER = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")  # the newest first
WITH_BATCHES = "2025-03-26"  # the only one; it is also meant where no version is said
BATCH_AT_MOST = 10
META = "io.modelcontextprotocol/"
KEPT_FOR = 3_600_000  # milliseconds in which a client need not ask again what can be called
NO_JSON, NO_REQUEST, NO_METHOD, WRONG_PARAMS = -32700, -32600, -32601, -32602
WRONG_HEADER, NO_VERSION = -32020, -32022
ORIGIN = re.compile(rb"null|[a-z][a-z0-9+.-]*://[^\s/?#@]+", re.IGNORECASE)
ENCODED = re.compile(r"=\?base64\?(.*)\?=")

Answer = dict[str, Any]


class Tools(Protocol):
    """What a site offers to be called."""

    def about(self) -> Mapping[str, Any]:
        """`server` (name, title, version) and `instructions`."""

    def listed(self) -> list[Answer]:
        """The descriptions of all tools, in the protocol's form."""

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Answer | None:
        """The result of a tool, in the protocol's form; None where there is no tool of this name."""


class Wrong(Exception):
    """A message that is not answered with a result: the code of JSON-RPC, the status of HTTP, a sentence, and details."""

    def __init__(self, code: int, status: int, sentence: str, data: Any = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.status = status
        self.data = data

    def answer(self, id_: object) -> Answer:
        error = {"code": self.code, "message": str(self)} | ({"data": self.data} if self.data else {})
        return {"jsonrpc": "2.0", **({"id": id_} if is_id(id_) else {"id": None}), "error": error}


async def answer(request: Request, tools: Tools) -> Response:
    """The answer to a request by POST at the address of the protocol. Raises TooMuch and TooSlow, see bodies.py.

    Scripts of every site may ask: what is here is public, nothing can be changed, and nobody is known by a cookie or by
    his address, so that a page which makes a browser ask in its place learns nothing. What is no origin is refused.
    """
    origin = header(request.scope, b"origin")
    if origin and not ORIGIN.fullmatch(origin):
        return Response.json(told("The header Origin is none."), status=403)
    body = await body_of(request)
    if header(request.scope, b"content-type").partition(b";")[0].strip().lower() != b"application/json":
        return Response.json(told("A message has the type application/json."), status=415)
    try:
        message = from_json(body)
    except ValueError:
        return failed(Wrong(NO_JSON, 400, "This is no JSON."), None)
    version = header(request.scope, b"mcp-protocol-version").decode("latin-1")
    if isinstance(message, list):
        return await answer_to_batch(message, version, tools)
    id_ = message.get("id") if isinstance(message, dict) else None
    try:
        found = await result_of(message, request, version, tools)
    except Wrong as wrong:
        return failed(wrong, id_)
    return Response("", status=202) if found is None else Response.json(found)


def told(sentence: str) -> Answer:
    return Wrong(NO_REQUEST, 400, sentence).answer(None)


def failed(wrong: Wrong, id_: object) -> Response:
    return Response.json(wrong.answer(id_), status=wrong.status)


async def answer_to_batch(messages: list[Any], version: str, tools: Tools) -> Response:
    """The answers to several messages at once, which one revision knows."""
    if version not in ("", WITH_BATCHES) or not 0 < len(messages) <= BATCH_AT_MOST:
        sentence = f"Several messages at once, at most {BATCH_AT_MOST}, are for the version {WITH_BATCHES} alone."
        return failed(Wrong(NO_REQUEST, 400, sentence), None)
    answers = []
    for message in messages:
        try:
            found = await earlier(checked(message), tools)
        except Wrong as wrong:
            found = wrong.answer(message.get("id") if isinstance(message, dict) else None)
        if found is not None:
            answers.append(found)
    return Response.json(answers) if answers else Response("", status=202)


async def result_of(message: Any, request: Request, version: str, tools: Tools) -> Answer | None:
    """The answer to one message; None to one that wants none. Raises Wrong."""
    message = checked(message)
    meta = message["params"].get("_meta")
    named = meta.get(f"{META}protocolVersion") if isinstance(meta, dict) else None
    if named is None and version in ("", *EARLIER):
        return await earlier(message, tools)
    if "id" not in message:
        return None
    check_modern(message, named, version, request)
    result = await modern(message, tools)
    result = {"resultType": "complete", **result, "_meta": {f"{META}serverInfo": tools.about()["server"]}}
    return {"jsonrpc": "2.0", "id": message["id"], "result": result}


def is_id(id_: object) -> bool:
    return isinstance(id_, str | int) and not isinstance(id_, bool)


def checked(message: Any) -> dict[str, Any]:
    """A message that is a request, a notification or an answer, with `params`, an object. Raises Wrong for another."""
    if (
        not isinstance(message, dict)
        or message.get("jsonrpc") != "2.0"
        or ("id" in message and not is_id(message["id"]))
    ):
        raise Wrong(NO_REQUEST, 400, "This is no message of JSON-RPC 2.0.")
    is_answer = "method" not in message and ("result" in message or "error" in message)
    if is_answer:
        return {"method": "", "params": {}}  # nobody here has asked
    params = message.get("params", {})
    if not isinstance(message.get("method"), str):
        raise Wrong(NO_REQUEST, 400, "This is no message of JSON-RPC 2.0: it has no method.")
    if not isinstance(params, dict):
        raise Wrong(WRONG_PARAMS, 400, "params must be an object.")
    return {**message, "params": params}


async def earlier(message: dict[str, Any], tools: Tools) -> Answer | None:
    """The answer under a revision with a handshake, which leaves nothing behind here. Raises Wrong."""
    if "id" not in message:
        return None
    method, params, about = message["method"], message["params"], tools.about()
    if method == "initialize":
        wanted = params.get("protocolVersion")
        result = {
            "protocolVersion": wanted if wanted in EARLIER else EARLIER[0], "capabilities": {"tools": {}},
            "serverInfo": about["server"], "instructions": about["instructions"],
        }  # fmt: skip
    elif method == "ping":
        result = {}
    elif method == "tools/list":
        result = {"tools": tools.listed()}
    elif method == "tools/call":
        result = await called(params, tools)
    else:
        raise Wrong(NO_METHOD, 200, f"There is no method {method[:40]!r}.")
    return {"jsonrpc": "2.0", "id": message["id"], "result": result}


def check_modern(message: dict[str, Any], named: Any, version: str, request: Request) -> None:
    """Raises Wrong where what a message says of itself is missing, of no version here, or other than its headers."""
    if named is not None and named != version:
        raise Wrong(WRONG_HEADER, 400, "The header MCP-Protocol-Version is not the version that the message names.")
    if version != MODERN:
        data = {"supported": [MODERN, *EARLIER], "requested": version[:40]}
        raise Wrong(NO_VERSION, 400, f"Unsupported protocol version {version[:40]!r}.", data)
    meta = message["params"].get("_meta") or {}
    if named is None or not isinstance(meta.get(f"{META}clientCapabilities"), dict):
        raise Wrong(WRONG_PARAMS, 400, f"_meta must have {META}protocolVersion and {META}clientCapabilities.")
    expected = {b"mcp-method": message["method"]}
    if message["method"] == "tools/call":
        expected[b"mcp-name"] = message["params"].get("name")
    for name, value in expected.items():
        if decoded(header(request.scope, name).decode("latin-1")) != value:
            raise Wrong(WRONG_HEADER, 400, f"The header {name.decode()} is not what the message says.")


def decoded(value: str) -> str | None:
    """The value of a header, which may be encoded; None where that is wrong."""
    encoded = ENCODED.fullmatch(value)
    if not encoded:
        return value
    try:
        return base64.b64decode(encoded[1], validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None


async def modern(message: dict[str, Any], tools: Tools) -> Answer:
    """The result under the revision without a handshake. Raises Wrong."""
    method = message["method"]
    kept = {"ttlMs": KEPT_FOR, "cacheScope": "public"}
    if method == "server/discover":
        about = tools.about()
        return {
            "supportedVersions": [MODERN, *EARLIER], "capabilities": {"tools": {}}, "serverInfo": about["server"],
            "instructions": about["instructions"], **kept,
        }  # fmt: skip
    if method == "tools/list":
        return {"tools": tools.listed(), **kept}
    if method == "tools/call":
        return await called(message["params"], tools)
    raise Wrong(NO_METHOD, 404, f"There is no method {method[:40]!r}.")


async def called(params: Mapping[str, Any], tools: Tools) -> Answer:
    """The result of the tool that is called. Raises Wrong where there is none, or what it is given is no object."""
    name, arguments = params.get("name"), params.get("arguments") or {}
    if not isinstance(name, str) or not isinstance(arguments, dict):
        raise Wrong(WRONG_PARAMS, 400, "tools/call has the name of a tool, and its arguments as an object.")
    result = await tools.call(name, arguments)
    if result is None:
        raise Wrong(WRONG_PARAMS, 200, f"There is no tool {name[:40]!r}.")
    return result


def success(data: Mapping[str, Any]) -> Answer:
    """The result of a tool that has answered: as data, and the same as text for those who read no data."""
    return {
        "content": [{"type": "text", "text": json.dumps(data, ensure_ascii=False)}],
        "structuredContent": data,
        "isError": False,
    }


def failure(sentence: str) -> Answer:
    """The result of a tool that could not answer: a sentence by which whoever called it can do better."""
    return {"content": [{"type": "text", "text": sentence}], "isError": True}
