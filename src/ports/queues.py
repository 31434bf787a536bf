"""The worker's side of a task's life: claim, renew, append, settle. Workers are clients of this port, in the process
that owns the store or on another machine.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from aion.domain.identity import SystemScope
from aion.domain.leased import LeasedTask, Settled
from aion.domain.writes import Append, Claim, Reaped, RecordCost, Renew, Renewed, Settle


class WorkQueue(Protocol):
    """PENDING tasks and their leases as workers see them, across tenants: each method says so by its SystemScope.

    A lease that was given to two workers, or a write that passes with a stale fence, breaks the law. Order is fair, not
    strict: no tenant starves another, and within a tenant higher priority goes first, then the older task. Raises
    Unavailable when the outcome is unknown or nothing was written; the same value may then be given again.
    """

    async def claim(self, scope: SystemScope, value: Claim) -> Sequence[LeasedTask]:
        """Up to `limit` tasks that may start now, each RUNNING under a new lease with a higher fence.

        Only tasks whose engine is among `engines`, and no more after `most_bytes` of input. May be empty, and may wait
        for work before it is.
        """
        ...

    async def renew(self, scope: SystemScope, value: Renew) -> Sequence[Renewed]:
        """One answer a lease: whether it is still held, and whether its task should be canceled."""
        ...

    async def append(self, scope: SystemScope, value: Append) -> int:
        """The last offset of the log afterwards. Committed before it answers. Raises StaleFence.

        With `after_offset` the same append given again writes nothing and answers the same; one that fits neither
        before nor after what the log holds is stale.
        """
        ...

    async def settle(self, scope: SystemScope, value: Settle) -> Settled:
        """What became of the task by `aion.domain.lifecycle.settled`; events and outbox rows in the same transaction.

        The same settle given again writes nothing and answers the same. Raises StaleFence; then nothing was written.
        """
        ...

    async def record_cost(self, scope: SystemScope, value: RecordCost) -> None:
        """What an attempt has cost so far, also after it lost its lease, also after the end of the task.

        The highest amount said for an attempt counts, once; the task's cost is the sum over its attempts. Raises
        StaleFence when there never was such an attempt, or it was another owner's. For engines that send a bill: apart
        from `settle`, since a bill may be known earlier than the end, or later. Modules cost nothing and say nothing.
        """
        ...


class TaskQueue(WorkQueue, Protocol):
    """The queue as its owner sees it: also what nobody asked for."""

    async def reclaim(self, scope: SystemScope, owner: str, living: frozenset[str]) -> int:
        """Takes back every lease whose owner is not in `living`, on behalf of `owner`; returns how many.

        Not those of workers apart (`aion.domain.fleet.is_apart`): they may live, and else their leases expire.
        """
        ...

    async def reap(self, scope: SystemScope) -> Reaped:
        """Ends leases that expired (`lost`) and PENDING tasks past their expire time, by the store's clock, and wakes
        workers, once, for what was held back until now.
        """
        ...

    async def next_due(self, scope: SystemScope) -> datetime | None:
        """When the next held-back retry, lease expiry or task expiry is due; None when nothing is."""
        ...


LEASE_FOR = timedelta(seconds=10)
"""How long a lease lasts unless configured: long enough for a paused process, short enough to notice a dead one."""
