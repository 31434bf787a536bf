"""Whatever comes over a WebSocket, frames or not: it is answered, or the connection closes with a code that the
documentation knows, and the server stays well.
"""

import asyncio
import logging
import os
from collections import Counter
from dataclasses import dataclass, field
from random import Random

import orjson
import pytest

from aion.adapters.transports.websocket.closing import Close
from tests.e2e.callers import callers_of
from tests.e2e.processes import Running
from tests.effort import effort
from tests.fuzz.campaign import ENOUGH, LANES, ONLY, PATIENCE, SEED, given_seed
from tests.fuzz.judging import SERVER_S_FAULT, Judge
from tests.fuzz.socket_scripts import harmless, odd_handshake, script
from tests.fuzz.socket_wire import TEXT, Ended, NotOpened, SocketWire, handshake
from tests.fuzz.vitals import at_rest, forget_peaks, growth, trouble
from tests.fuzz.worlds import world_of

log = logging.getLogger(__name__)

SCRIPTS = effort(300, 10_000)
QUIET_SECONDS = 0.4
"""Without a word, after which a client leaves: the server may wait for the rest of a message."""

TYPES = frozenset({"ready", "accepted", "validated", "subscribed", "token", "partial", "log", "reset", "done", "error"})
MORE_TYPES = frozenset({"task", "refused", "unsubscribed", "pong", "heartbeat", "draining"})
CODES = {int(code) for code in Close} - {Close.DEFECT}


@dataclass
class Talks:
    """Conversations that were had, and what was wrong with some."""

    address: str
    headers: dict[str, str]
    judge: Judge
    seed: int
    ends: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    async def have(self, index: int) -> None:
        """One conversation."""
        rng = Random(f"{self.seed}/frames/{index}")
        said: list[bytes] = []
        try:
            async with asyncio.timeout(PATIENCE):
                end, fault = await self._talk(rng, said)
        except TimeoutError:
            end, fault = "nothing", f"no end within {PATIENCE:.0f} s"
        self.ends[end] += 1
        if fault:
            shown = "\n  ".join(f"{len(piece)} bytes: {piece[:200].hex()}" for piece in said)
            again = f"{SEED}={self.seed} {ONLY}=frames/{index} python -m pytest tests/fuzz/test_socket_frames.py"
            self.faults.append(f"frames/{index}: {fault}\n  {shown}\n  again: {again}")

    async def _talk(self, rng: Random, said: list[bytes]) -> tuple[str, str]:
        """How it ended, and what was wrong with that."""
        share = rng.random()
        headers = {} if share < 0.15 else self.headers
        path, changed = odd_handshake(rng) if share > 0.8 else ("/v1/ws", {})
        said.append(handshake(headers, path, **changed))
        heard: list[bytes] = []
        try:
            async with await SocketWire.open(self.address, said[0]) as wire:
                for piece in (*script(rng), harmless(rng)):
                    said.append(piece)
                    await wire.say(piece)
                await self._listen(wire, heard)
        except NotOpened as refused:
            return f"HTTP {refused.status}", self._fault_of_refusal(refused)
        except Ended as ended:
            return ended.how, self._fault_of_end(ended, said) or self._fault_of(heard, said)
        return "left", self._fault_of(heard, said)

    async def _listen(self, wire: SocketWire, heard: list[bytes]) -> None:
        """Hears until nothing more is said."""
        try:
            while True:
                async with asyncio.timeout(QUIET_SECONDS):
                    frame = await wire.hear()
                if frame.opcode == TEXT:
                    heard.append(frame.payload)
        except TimeoutError:
            return

    def _fault_of_end(self, ended: Ended, said: list[bytes]) -> str:
        """A code of the documentation, the client's own again, or none where the client had closed already."""
        if not ended.how.isdigit():
            return "" if _closed_by(said) else f"it ended with {ended.how}"
        return "" if int(ended.how) in CODES or _closed_by(said) else f"it closed with {ended.how}"

    def _fault_of(self, heard: list[bytes], said: list[bytes]) -> str:
        for payload in heard:
            document = orjson.loads(payload)
            if document["type"] not in TYPES | MORE_TYPES:
                return f"nobody knows the frame {document['type']}"
            if document["type"] == "refused" and document["data"]["reason"] in SERVER_S_FAULT:
                return f"a call was refused as {document['data']['reason']}"
        return self.judge.shown(b"".join(heard), b"".join(said))

    def _fault_of_refusal(self, refused: NotOpened) -> str:
        head, _, body = refused.answer.partition(b"\r\n\r\n")
        if refused.status >= 500 and refused.status != 505:
            return f"the handshake was answered with {refused.status}"
        if b"application/problem+json" in head and not orjson.loads(body)["reason"]:
            return "the handshake was refused without a reason"
        return self.judge.shown(refused.answer, b"")


def _closed_by(said: list[bytes]) -> bool:
    """Whether the client may have said that it leaves: whatever ends in noise may hold a close frame."""
    return any(b"\x88" in piece for piece in said[1:])


@pytest.mark.timeout(effort(600, 7200))
def test_no_frame_makes_the_server_fail(fuzzed: Running):
    asyncio.run(_converse(fuzzed))


async def _converse(server: Running) -> None:
    async with callers_of(server) as make:
        target = await world_of(server, make)
    before = await asyncio.to_thread(at_rest, server)
    forget_peaks(server.process.pid)
    headers = dict(target.known["aion.v1.AionTasks"].headers)
    talks = Talks(server.http, headers, Judge(target.secrets), given_seed())
    only = os.environ.get(ONLY, "")
    numbers = iter([int(only.split("/")[1])] if only.startswith("frames/") else range(SCRIPTS))

    async def work() -> None:
        for number in numbers:
            if len(talks.faults) < ENOUGH:
                await talks.have(number)

    await asyncio.gather(*(work() for _ in range(LANES)))
    after = await asyncio.to_thread(at_rest, server, before)
    log.info("frames: %s; from %s to %s", dict(talks.ends), before, after)
    assert not talks.faults, "\n\n".join(talks.faults)
    assert growth(before, after) == []
    assert trouble(server) == []
