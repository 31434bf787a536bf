"""Workers as the server sees them: the one in its own process, for eager starts, and those on other machines."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from aion.domain.fleet import Introduction, Welcome
from aion.domain.identity import Identity
from aion.domain.leased import LeasedTask, Settled
from aion.domain.writes import Append, LeaseRef, RecordCost, Renewed, Settle


class EagerWorker(Protocol):
    """Runs a task at once that was accepted together with its lease."""

    @property
    def owner(self) -> str:
        """The worker's incarnation, which owns the leases."""
        ...

    @property
    def lease_for(self) -> timedelta:
        """How long its leases last."""
        ...

    @property
    def engines(self) -> frozenset[str] | None:
        """The engines that it has; None: all that are decided for here."""
        ...

    def reserve(self, tenant: str) -> bool:
        """Takes a free slot; False when there is none, the tenant has its share, or the worker drains."""
        ...

    def release(self, tenant: str) -> None:
        """Gives a reserved slot back unused."""
        ...

    def start(self, task: LeasedTask) -> None:
        """Starts the attempt of a task whose lease it holds, in the reserved slot. After the commit."""
        ...


class WorkersApart(Protocol):
    """What workers on other machines may do. A worker is known by its identity and its incarnation together.

    All but `register` raise WorkerNotRegistered for a worker that is not known, as after a start of the server; it then
    registers again and goes on, its leases are still its own. A write raises StaleFence for a lease of another worker.
    """

    async def register(self, identity: Identity, introduction: Introduction) -> Welcome:
        """Makes a worker known. Raises WorkerVersionUnsupported, and LimitReached when there are too many."""
        ...

    async def lease(
        self, identity: Identity, incarnation: str, limit: int, wait: timedelta, turn: int
    ) -> Sequence[LeasedTask]:
        """Up to `limit` tasks for its engines, as soon as there are any; none after `wait`, or when it drains.

        A worker that waits renews meanwhile, if only no leases: one not heard of for half a lease gets nothing.
        The same `turn` again gets the same tasks again, as far as they are still leased. Raises Draining.
        """
        ...

    async def renew(self, identity: Identity, incarnation: str, leases: tuple[LeaseRef, ...]) -> Sequence[Renewed]:
        """One answer a lease."""
        ...

    async def append(self, identity: Identity, incarnation: str, value: Append) -> int:
        """The last offset of the log afterwards."""
        ...

    async def settle(self, identity: Identity, incarnation: str, value: Settle) -> Settled:
        """What became of the task."""
        ...

    async def record_cost(self, identity: Identity, incarnation: str, value: RecordCost) -> None:
        """Notes what an attempt has cost; needs no living lease."""
        ...

    async def drain(self, identity: Identity, incarnation: str) -> int:
        """The worker gets no more work; how many leases it still holds."""
        ...
