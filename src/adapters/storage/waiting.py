"""Which PENDING task goes next: fair between tenants, by priority and age within one.

The table is the truth, this is its index in the memory of the one owner. Tenants take turns, one task a turn: all tasks
weigh the same, so that is deficit round robin with a quantum of one. A retry that is held back waits apart.

Memory is bounded: when too many tasks wait, the tenant with the largest part in memory keeps the first half of it here
and the rest on disk only, beyond its horizon. Once its part in memory is used up it is hungry, and the owner of this
index brings the next part as soon as there is room. Retries that are held back always stay here: they are no more than
what failed within a pause.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from aion.adapters.storage.lazy_heap import LazyHeap

Key = tuple[str, str]
Order = tuple[int, int, str] | tuple[()]

MOST_IN_MEMORY = 50_000
_FED_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class WaitingTask:
    """What the index knows of one PENDING task; times in microseconds."""

    key: Key
    priority: int
    create_us: int
    expire_us: int
    not_before_us: int | None

    @property
    def order(self) -> Order:
        """Its place within its tenant: higher priority first, then the older."""
        return (-self.priority, self.create_us, self.key[1])


class WaitingTasks:
    """The PENDING tasks of all tenants: `total` of them, of which `len` are in memory."""

    def __init__(self, most_in_memory: int = MOST_IN_MEMORY) -> None:
        self.part = max(16, most_in_memory // 8)
        self.total = 0
        self._most = most_in_memory
        self._tasks: dict[Key, WaitingTask] = {}
        self._counts: dict[str, int] = {}
        self._turns: dict[str, LazyHeap[Order]] = {}
        self._held_back: LazyHeap[int] = LazyHeap()
        self._expiries: LazyHeap[int] = LazyHeap()
        self._horizons: dict[str, Order] = {}
        self._expiries_on_disk: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._tasks)

    def count(self, tenant: str) -> int:
        """How many tasks of a tenant are PENDING, in memory or not."""
        return self._counts.get(tenant, 0)

    def add(self, task: WaitingTask) -> None:
        """A task became PENDING."""
        tenant = task.key[0]
        self.total += 1
        self._counts[tenant] = self._counts.get(tenant, 0) + 1
        horizon = self._horizons.get(tenant)
        if horizon is not None and task.not_before_us is None and task.order > horizon:
            self._leave_on_disk(task)
            return
        self._take_in(task)
        if len(self._tasks) > self._most:
            self._spill(tenant)

    def remove(self, key: Key) -> None:
        """A task is no longer PENDING."""
        tenant = key[0]
        if self._tasks.pop(key, None) is None and tenant not in self._horizons:
            return
        self.total -= 1
        left = self._counts[tenant] - 1
        if left:
            self._counts[tenant] = left
        else:
            del self._counts[tenant]
        self._drop(key)

    def any_ready(self, now_us: int) -> bool:
        """Whether a task could start now."""
        self._release(now_us)
        return bool(self._turns) or bool(self._horizons)

    def next_ready(self, now_us: int) -> Key | None:
        """The task whose turn it is, still in the index; its tenant goes to the end of the line."""
        self._release(now_us)
        for tenant, heap in self._turns.items():
            first = heap.first()
            if first is not None:
                self._turns[tenant] = self._turns.pop(tenant)
                return first[1]
        return None

    def expired(self, now_us: int) -> Key | None:
        """A task in memory whose expire time passed, the longest overdue first."""
        first = self._expiries.first()
        return first[1] if first is not None and first[0] <= now_us else None

    def overdue_on_disk(self, now_us: int) -> list[str]:
        """Tenants that may have a task on disk whose expire time passed; each is named once, see `expiry_on_disk`."""
        overdue = [tenant for tenant, due in self._expiries_on_disk.items() if due <= now_us]
        for tenant in overdue:
            del self._expiries_on_disk[tenant]
        return overdue

    def next_due(self) -> int | None:
        """When the next held-back task is released or the next task expires."""
        times = [first[0] for heap in (self._held_back, self._expiries) if (first := heap.first()) is not None]
        return min([*times, *self._expiries_on_disk.values()], default=None)

    def hungry(self) -> list[tuple[str, int]]:
        """Tenants that have tasks on disk and none ready in memory, the longest hungry first; and how many to bring.

        Nobody while there is little room and others have work: a query for each free place would cost more than it
        brings.
        """
        room = self._most - len(self._tasks)
        if room < self.part and self._turns:
            return []
        tenants = list(islice((tenant for tenant in self._horizons if tenant not in self._turns), _FED_AT_ONCE))
        return [(tenant, min(self.part, max(1, room // len(tenants)))) for tenant in tenants]

    def feed(self, tenant: str, first: Sequence[WaitingTask], asked: int) -> None:
        """The next tasks of a hungry tenant, in order; fewer than were asked for when there are no more."""
        for task in first:
            if task.key not in self._tasks:
                self._take_in(task)
        del self._horizons[tenant]
        if len(first) < asked:
            self._expiries_on_disk.pop(tenant, None)
        else:
            self._horizons[tenant] = first[-1].order

    def unknown_expiries(self) -> list[str]:
        """Tenants with tasks on disk of which it is not known when the next one expires."""
        return [tenant for tenant in self._horizons if tenant not in self._expiries_on_disk]

    def expiry_on_disk(self, tenant: str, expire_us: int | None) -> None:
        """No task of the tenant expires earlier; None when none is waiting."""
        if expire_us is None:
            self._horizons.pop(tenant, None)
        else:
            self._expiries_on_disk[tenant] = expire_us

    def _take_in(self, task: WaitingTask) -> None:
        self._tasks[task.key] = task
        self._expiries.put(task.key, task.expire_us)
        if task.not_before_us is None:
            self._make_ready(task)
        else:
            self._held_back.put(task.key, task.not_before_us)

    def _leave_on_disk(self, task: WaitingTask) -> None:
        tenant = task.key[0]
        known = self._expiries_on_disk.get(tenant, task.expire_us)
        self._expiries_on_disk[tenant] = min(known, task.expire_us)

    def _spill(self, adding: str) -> None:
        """Keeps the first half of what one tenant has ready here: of the one that adds, if it has its share."""
        if not self._turns:
            return
        own = self._turns.get(adding)
        enough = own is not None and len(own) * len(self._turns) >= len(self._tasks)
        tenant = adding if enough else max(self._turns, key=lambda name: len(self._turns[name]))
        ready = sorted((self._tasks[key] for key in self._turns[tenant].names()), key=lambda task: task.order)
        kept = len(ready) // 2
        self._horizons[tenant] = ready[kept - 1].order if kept else ()
        for task in ready[kept:]:
            del self._tasks[task.key]
            self._drop(task.key)
            self._leave_on_disk(task)

    def _drop(self, key: Key) -> None:
        self._expiries.discard(key)
        self._held_back.discard(key)
        heap = self._turns.get(key[0])
        if heap is not None:
            heap.discard(key)
            if not heap:
                del self._turns[key[0]]

    def _release(self, now_us: int) -> None:
        while (first := self._held_back.first()) is not None and first[0] <= now_us:
            self._held_back.discard(first[1])
            self._make_ready(self._tasks[first[1]])

    def _make_ready(self, task: WaitingTask) -> None:
        heap = self._turns.get(task.key[0])
        if heap is None:
            heap = self._turns[task.key[0]] = LazyHeap()
        heap.put(task.key, task.order)
