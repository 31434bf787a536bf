"""The worker's side of a task's life: claim, renew, append, settle. Workers are clients of this port."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from aion.domain.identity import SystemScope
from aion.domain.tasks import Task
from aion.domain.writes import Append, Claim, Reaped, Renew, Renewed, Settle


class TaskQueue(Protocol):
    """PENDING tasks and their leases, across tenants: each method says so by its SystemScope.

    A lease that was given to two workers, or a write that passes with a stale fence, breaks the law. Order is fair, not
    strict: no tenant starves another, and within a tenant higher priority goes first, then the older task.
    """

    async def claim(self, scope: SystemScope, value: Claim) -> Sequence[Task]:
        """Up to `limit` tasks that may start now, each RUNNING under a new lease with a higher fence. May be empty."""
        ...

    async def renew(self, scope: SystemScope, value: Renew) -> Sequence[Renewed]:
        """One answer a lease: whether it is still held, and whether its task should be canceled."""
        ...

    async def append(self, scope: SystemScope, value: Append) -> int:
        """The last offset of the log afterwards. Committed before it answers. Raises StaleFence."""
        ...

    async def settle(self, scope: SystemScope, value: Settle) -> Task:
        """The task after `aion.domain.lifecycle.settled`, with its events and outbox rows in one transaction.

        Raises StaleFence; then nothing was written.
        """
        ...

    async def reclaim(self, scope: SystemScope, owner: str, living: frozenset[str]) -> int:
        """Takes back every lease whose owner is not in `living`, on behalf of `owner`; returns how many."""
        ...

    async def reap(self, scope: SystemScope) -> Reaped:
        """Ends leases that expired (`lost`) and PENDING tasks past their expire time, by the store's clock."""
        ...

    async def next_due(self, scope: SystemScope) -> datetime | None:
        """When the next held-back retry, lease expiry or task expiry is due; None when nothing is."""
        ...


class Housekeeping(Protocol):
    """What keeps the store small. Each pass is bounded, so that it never blocks the writers."""

    async def purge(self, scope: SystemScope, limit: int) -> int:
        """Deletes up to `limit` expired idempotency records and event rows whose log is compacted; how many."""
        ...

    async def forget_logs(self, scope: SystemScope, ended_before: datetime, limit: int) -> int:
        """Looks at up to `limit` logs and deletes those of tasks that ended before; how many.

        The task stays; its events answer EventsExpired from then on.
        """
        ...

    async def forget_tasks(self, scope: SystemScope, ended_before: datetime, limit: int) -> int:
        """Looks at up to `limit` tasks and deletes those that ended before, with logs and keys; how many.

        A tombstone keeps each id taken. An idempotency key that still answers retries, and events that `purge` has not
        deleted yet, keep their task for a later pass.
        """
        ...


LEASE_FOR = timedelta(seconds=10)
"""How long a lease lasts unless configured: long enough for a paused process, short enough to notice a dead one."""
