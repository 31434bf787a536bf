"""Who of the workers apart is known to this server, in memory: after a start everybody introduces himself again.

A worker is known by its identity together with its incarnation: another principal that names the same incarnation is
another worker, with other leases.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from aion.domain.errors import LimitReached, WorkerNotRegistered
from aion.domain.fleet import Introduction, SeenWorker, owner_apart
from aion.domain.identity import Identity
from aion.domain.leased import LeasedTask
from aion.domain.writes import LeaseRef
from aion.ports.catalog import JudgeResult
from aion.ports.clock import Clock

MOST_WORKERS: Final = 10_000
"""Known at once; each costs some kilobytes and a waiting call."""

CONNECTED_FOR: Final = 60.0
"""Seconds of silence after which a worker does not count as connected: twice the longest wait for work."""

FORGOTTEN_AFTER: Final = 600.0
"""Seconds of silence after which a worker is forgotten; should it live, it introduces itself again."""

Key = tuple[str, str, str]


@dataclass(slots=True)
class HeldLease:
    """A lease of a worker: the engine that runs it; when, by the clock that only grows, it began and was kept last;
    what its result must fit by the catalogue of then; how much has been said under it, in characters, and how far the
    log then reached. A lease from before this server's start has neither engine nor judge here.
    """

    engine: str
    since: float
    kept: float
    judge: JudgeResult | None = None
    said: int = 0
    reached: int = 0


@dataclass(slots=True)
class KnownWorker:
    """One worker. `answer` is what it was given at `answered_turn`, in case that never arrived."""

    owner: str
    about: Introduction
    engines: frozenset[str]
    seen: float
    draining: bool = False
    leases: dict[LeaseRef, HeldLease] = field(default_factory=dict)
    claiming: asyncio.Lock = field(default_factory=asyncio.Lock)
    call: int = 0
    answered_turn: int = -1
    answer: tuple[LeasedTask, ...] = ()

    def keep(self, lease: LeaseRef, now: float) -> None:
        """Its lease lasts longer; it may be one from before this server's start."""
        self.leases.setdefault(lease, HeldLease("", now, now)).kept = now

    def forget_lapsed(self, since: float) -> None:
        """Drops the leases that were not kept since: who gave one up by a clock of its own never names it again."""
        for lease in [lease for lease, held in self.leases.items() if held.kept < since]:
            del self.leases[lease]


class Fleet:
    """The workers that this server knows."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[Key, KnownWorker] = {}

    @property
    def connected(self) -> int:
        """How many called lately and do not drain."""
        since = self._clock.monotonic() - CONNECTED_FOR
        return sum(worker.seen >= since and not worker.draining for worker in self._known.values())

    @property
    def leases(self) -> int:
        """How many leases they hold, as far as they called lately."""
        since = self._clock.monotonic() - CONNECTED_FOR
        return sum(len(worker.leases) for worker in self._known.values() if worker.seen >= since)

    def seen(self) -> list[SeenWorker]:
        """Those that called lately, by name."""
        now = self._clock.monotonic()
        lately = [worker for worker in self._known.values() if worker.seen >= now - CONNECTED_FOR]
        return sorted(
            (
                SeenWorker(worker.about, worker.engines, len(worker.leases), now - worker.seen, worker.draining)
                for worker in lately
            ),
            key=lambda seen: (seen.about.worker, seen.about.incarnation),
        )

    def introduce(self, identity: Identity, about: Introduction, engines: frozenset[str]) -> KnownWorker:
        """Makes a worker known, or known again: what it holds stays its own. Raises LimitReached."""
        now = self._clock.monotonic()
        key, owner = _key(identity, about.incarnation), owner_apart(identity, about.worker, about.incarnation)
        worker = self._known.get(key)
        if worker is not None and worker.owner == owner:
            worker.about, worker.engines, worker.seen, worker.draining = about, engines, now, False
            return worker
        self._forget(lambda other: other.seen < now - FORGOTTEN_AFTER)
        if len(self._known) >= MOST_WORKERS:
            raise LimitReached(
                f"{MOST_WORKERS} workers are known to this server, which is the most; stop some",
                retry_after=timedelta(seconds=CONNECTED_FOR),
            )
        worker = self._known[key] = KnownWorker(owner, about, engines, now)
        return worker

    def find(self, identity: Identity, incarnation: str) -> KnownWorker:
        """The worker that calls. Raises WorkerNotRegistered."""
        worker = self._known.get(_key(identity, incarnation))
        if worker is None:
            raise WorkerNotRegistered(
                f"this server does not know the worker {incarnation} of {identity.principal}; register first",
                facts={"incarnation": incarnation},
            )
        worker.seen = self._clock.monotonic()
        return worker

    def _forget(self, gone: Callable[[KnownWorker], bool]) -> None:
        for key in [key for key, worker in self._known.items() if gone(worker)]:
            del self._known[key]


def _key(identity: Identity, incarnation: str) -> Key:
    return identity.tenant, identity.principal, incarnation
