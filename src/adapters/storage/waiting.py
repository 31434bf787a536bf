"""Which PENDING task goes next: fair between tenants, by priority and age within one.

The table is the truth, this is its index in the memory of the one owner. Tenants take turns, one task a turn: all tasks
weigh the same, so that is deficit round robin with a quantum of one. A retry that is held back waits apart.
"""

from dataclasses import dataclass

from aion.adapters.storage.lazy_heap import LazyHeap

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class WaitingTask:
    """What the index knows of one PENDING task; times in microseconds."""

    key: Key
    priority: int
    create_us: int
    expire_us: int
    not_before_us: int | None


class WaitingTasks:
    """The PENDING tasks of all tenants."""

    def __init__(self) -> None:
        self._tasks: dict[Key, WaitingTask] = {}
        self._counts: dict[str, int] = {}
        self._turns: dict[str, LazyHeap[tuple[int, int]]] = {}
        self._held_back: LazyHeap[int] = LazyHeap()
        self._expiries: LazyHeap[int] = LazyHeap()

    def __len__(self) -> int:
        return len(self._tasks)

    def count(self, tenant: str) -> int:
        """How many tasks of a tenant are PENDING."""
        return self._counts.get(tenant, 0)

    def add(self, task: WaitingTask) -> None:
        """A task became PENDING."""
        key = task.key
        self._tasks[key] = task
        self._counts[key[0]] = self._counts.get(key[0], 0) + 1
        self._expiries.put(key, task.expire_us)
        if task.not_before_us is None:
            self._make_ready(task)
        else:
            self._held_back.put(key, task.not_before_us)

    def remove(self, key: Key) -> None:
        """A task is no longer PENDING."""
        if self._tasks.pop(key, None) is None:
            return
        tenant = key[0]
        left = self._counts[tenant] - 1
        if left:
            self._counts[tenant] = left
        else:
            del self._counts[tenant]
        self._expiries.discard(key)
        self._held_back.discard(key)
        heap = self._turns.get(tenant)
        if heap is not None:
            heap.discard(key)
            if not heap:
                del self._turns[tenant]

    def any_ready(self, now_us: int) -> bool:
        """Whether a task could start now."""
        self._release(now_us)
        return bool(self._turns)

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
        """A task whose expire time passed, the longest overdue first."""
        first = self._expiries.first()
        return first[1] if first is not None and first[0] <= now_us else None

    def next_due(self) -> int | None:
        """When the next held-back task is released or the next task expires."""
        times = [first[0] for heap in (self._held_back, self._expiries) if (first := heap.first()) is not None]
        return min(times, default=None)

    def _release(self, now_us: int) -> None:
        while (first := self._held_back.first()) is not None and first[0] <= now_us:
            self._held_back.discard(first[1])
            self._make_ready(self._tasks[first[1]])

    def _make_ready(self, task: WaitingTask) -> None:
        heap = self._turns.get(task.key[0])
        if heap is None:
            heap = self._turns[task.key[0]] = LazyHeap()
        heap.put(task.key, (-task.priority, task.create_us))
