"""A durable broker and the workers of a peer that take their tasks from it."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence

from benchmarks.load import Door
from benchmarks.peers.children import child
from benchmarks.peers.durable_broker import durable_broker
from benchmarks.peers.subject import Running

BROKER = "PEER_BROKER"
"""The variable by which a peer's application, here and in its workers, learns where its broker is."""


@contextlib.contextmanager
def broker_and_workers(module: str, arguments: Sequence[str], door: Callable[[], Door]) -> Iterator[Running]:
    """Runs `python -m MODULE ARGUMENTS`; the door is made once the broker is known."""
    with durable_broker() as (url, broker):
        os.environ[BROKER] = url
        with child([sys.executable, "-m", module, *arguments], {}) as workers:

            def check() -> None:
                broker.check()
                workers.check()

            yield Running(door(), (broker.pid, workers.pid), check)
