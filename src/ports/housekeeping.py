"""What keeps the store small: nobody asks for it, the policy of retention does."""

from dataclasses import dataclass
from typing import Protocol

from aion.domain.identity import SystemScope
from aion.domain.retention import RetentionPolicy


@dataclass(frozen=True, slots=True)
class Swept:
    """What one pass did: how much it deleted, and whether there is more to look at behind where it stopped."""

    deleted: int
    more: bool


class Housekeeping(Protocol):
    """Deletes what is no longer kept, over all tenants.

    Each pass is bounded: it looks at up to `limit` rows, behind those of the pass before, and holds a write for no more
    than these; `purge` at up to eight times as many of a kind, while it finds little. After the last row, or the first
    that is too young for everybody, it begins again. Passes of one kind come one after the other.
    """

    async def purge(self, scope: SystemScope, limit: int) -> int:
        """Deletes up to `limit` rows: expired idempotency keys of tasks and webhooks, events whose log is compacted.
        How many.
        """
        ...

    async def forget_logs(self, scope: SystemScope, policy: RetentionPolicy, limit: int) -> Swept:
        """Deletes logs of ended tasks by `policy.of(tenant).events`.

        The task stays; its events answer EventsExpired from then on.
        """
        ...

    async def forget_tasks(self, scope: SystemScope, policy: RetentionPolicy, limit: int) -> Swept:
        """Deletes ended tasks by `policy.of(tenant).tasks`, with their logs and keys.

        A tombstone keeps each id taken. An idempotency key that still answers retries, and events that `purge` has not
        deleted yet, keep their task for a later pass.
        """
        ...

    async def forget_api_keys(self, scope: SystemScope, policy: RetentionPolicy, limit: int) -> Swept:
        """Deletes API keys that were revoked or expired, by `policy.of(tenant).api_keys`. Valid ones always stay."""
        ...

    async def forget_facts(self, scope: SystemScope, policy: RetentionPolicy, limit: int) -> Swept:
        """Gives up facts that nobody took for `policy.undelivered`, the oldest first."""
        ...
