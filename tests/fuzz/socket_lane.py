"""Requests over a WebSocket: one call after another on a connection, which is opened anew when a frame has cost it."""

import re
from collections.abc import Mapping
from random import Random
from typing import Any

import orjson

from aion.adapters.transports.json.form import json_form
from aion.adapters.transports.websocket.closing import Close
from tests.fuzz import damaged_json
from tests.fuzz.documents import members_of
from tests.fuzz.known import Known
from tests.fuzz.messages import Author
from tests.fuzz.requests import Answer, Cell, Request
from tests.fuzz.socket_wire import Ended, SocketWire, frame, handshake, random_mask

DAMAGED = 0.25
CALLS = 80
"""On one connection: below the rate at which the server begins to let it wait."""

QUIET = frozenset({"heartbeat", "draining", "ready"})
ID = "c"
PLACE = b'"id":"c"'
PING = frame(b'{"type":"ping"}')
_OURS = re.compile(r"c\d+")


class SocketLane:
    """Sends one call after another."""

    def __init__(self, address: str, headers: Mapping[str, str]) -> None:
        self._address = address
        self._headers = dict(headers)
        self._wire: SocketWire | None = None
        self._calls = self._turn = 0

    def compose(self, rng: Random, cell: Cell, known: Known) -> Request:
        """The next frame to a cell; its id is a place that is filled when it is sent."""
        members = _call(cell, members_of(Author(rng, known).write(cell.method.request), json_form))
        text = damaged_json.damaged(rng, members) if rng.random() < DAMAGED else damaged_json.written(members)
        mask = random_mask(rng) if rng.random() < 0.1 and len(text) < 10_000 else b"\0\0\0\0"
        return Request(cell, text, "FRAME", head=(("mask", mask),), waits=b"wait" in text)

    async def send(self, request: Request) -> Answer:
        """What came of it. The call's id becomes one of its own on the way."""
        heard: list[bytes] = []
        self._turn += 1
        text = request.body.replace(PLACE, b'"id":"c%d"' % self._turn, 1)
        try:
            wire = await self._open()
            await wire.say(frame(text, mask=request.head[0][1]))
            return await self._hear(wire, text, heard)
        except Ended as ended:
            await self.close()
            return _answer_of_end(ended, heard)

    async def close(self) -> None:
        """Ends the connection, if there is one."""
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.close()

    async def _open(self) -> SocketWire:
        if self._wire is None or self._calls >= CALLS:
            await self.close()
            self._wire, self._calls = await SocketWire.open(self._address, handshake(self._headers)), 0
            await self._wire.hear()
        self._calls += 1
        return self._wire

    async def _hear(self, wire: SocketWire, text: bytes, heard: list[bytes]) -> Answer:
        """Everything up to the end of the call; one that goes on is left. Then a ping, since what was left may end by
        itself, too: nothing of it comes after the pong.
        """
        left, call_id = False, f"c{self._turn}"
        while True:
            payload = (await wire.hear()).payload
            document = orjson.loads(payload)
            kind, named = document["type"], document.get("id", call_id)
            if kind in QUIET:
                continue
            heard.append(payload)
            if named != call_id and _OURS.fullmatch(named):
                return Answer("?", raw=b"".join(heard), wrong=f"it is about the call {named}, which was over")
            if kind == "refused" and "id" not in document:
                continue  # the connection's last words
            if kind == "refused" and not left:
                problem = document["data"]
                return Answer(problem["code"], problem["reason"], b"".join(heard), problem["status"])
            if kind in _last_words(text, left=left):
                return Answer("OK", raw=b"".join(heard))
            if not left and kind in ("accepted", "subscribed"):
                left = True
                await wire.say(frame(damaged_json.written({"type": "unsubscribe", "id": named})) + PING)


def _last_words(text: bytes, *, left: bool) -> frozenset[str]:
    """The frames that end a call."""
    if left:
        return frozenset({"pong"})
    ends = {"done", "error", "unsubscribed", "task", "pong"}
    return frozenset(ends if b'"subscribe":true' in text else ends | {"accepted", "validated"})


def _call(cell: Cell, members: dict[str, Any]) -> dict[str, Any]:
    """The frame that begins a call of this RPC."""
    name = cell.method.name
    if name in ("Submit", "Stream"):
        return {"type": "submit", "id": ID, "request": members, **({"subscribe": True} if name == "Stream" else {})}
    return {"type": {"Watch": "subscribe", "Cancel": "cancel"}[name], "id": ID, **members}


def _answer_of_end(ended: Ended, heard: list[bytes]) -> Answer:
    """What it means that the connection is over: it was said why, by a code that the documentation knows."""
    raw = b"".join(heard)
    if ended.how not in {str(int(code)) for code in Close}:
        return Answer("?", raw=raw, wrong=f"the connection ended with {ended.how}")
    if ended.how == str(int(Close.DEFECT)):
        return Answer("INTERNAL", "INTERNAL", raw)
    refused = orjson.loads(heard[-1]) if heard else {}
    if refused.get("type") == "refused":
        return Answer(refused["data"]["code"], refused["data"]["reason"], raw, refused["data"]["status"])
    known = {str(int(code)) for code in (Close.NOT_UTF8, Close.TOO_BIG, Close.BINARY, Close.POLICY)}
    return Answer("CLOSED", raw=raw, bare=True, wrong="" if ended.how in known else f"{ended.how} without a problem")
