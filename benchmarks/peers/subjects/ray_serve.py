"""Ray Serve over HTTP, with the settings that it has for throughput. Nothing is kept: it is no queue."""

import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.doors.http_connection import HttpConnection, request
from benchmarks.load import Call, WrongAnswer
from benchmarks.peers.children import child
from benchmarks.peers.subject import Running, Subject

_APP = "benchmarks.peers.apps.ray_serve_app"
_START_SECONDS = 180.0
_LOOK_SECONDS = 0.05
_SETTINGS = {"RAY_SERVE_THROUGHPUT_OPTIMIZED": "1", "RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled"}


@dataclass(frozen=True, slots=True)
class _Door:
    text: str
    address: str

    @asynccontextmanager
    async def opened(self, in_flight: int) -> AsyncIterator[Call]:
        free: list[HttpConnection] = []

        async def call(number: int) -> None:
            sent = f"{number} {self.text}".encode()
            connection = free.pop() if free else await HttpConnection.open(self.address)
            reply = await connection.call(request("POST", "/", {}, sent))
            if (reply.status, reply.body) != (200, sent):
                raise WrongAnswer(reply)
            free.append(connection)

        free += [await HttpConnection.open(self.address) for _ in range(in_flight)]
        try:
            yield call
        finally:
            for connection in free:
                connection.close()


@contextlib.contextmanager
def serving(text: str) -> Iterator[Running]:
    """One node with a deployment of two replicas."""
    with tempfile.TemporaryDirectory(prefix="aion-bench-") as folder:
        ready = Path(folder, "ready")
        with child([sys.executable, "-m", _APP, folder, str(ready)], _SETTINGS) as node:
            until = time.monotonic() + _START_SECONDS
            while not ready.exists():
                node.check()
                if time.monotonic() > until:
                    raise TimeoutError(f"not ready within {_START_SECONDS:g} s")
                time.sleep(_LOOK_SECONDS)
            yield Running(_Door(text, ready.read_text()), (node.pid,), node.check)


SUBJECT = Subject(serving, ("ray",))
