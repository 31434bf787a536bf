"""Tasks that may not start before a time: the earliest in memory, the others on disk only.

A client may hold back as many tasks as may wait, for as long as it likes; so only those whose time comes first are kept
here, up to a horizon. Beyond it lies what the table alone knows, and the owner of this index brings the next part once
few are left. No task expires before the time that it waits for, so what lies beyond the horizon needs no other watch.
"""

from aion.adapters.storage.lazy_heap import LazyHeap

Key = tuple[str, str]
Place = tuple[int, str, str]
"""The time (in microseconds) until which a task is held back, and its key, since many may wait for the same one."""

_MOST_AT_ONCE = 1_000
"""How many tasks are brought at once: a few milliseconds of the writer's time."""


class HeldBack:
    """The held-back tasks of all tenants that are in memory, at most `most`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._part = min(_MOST_AT_ONCE, max(1, most // 2))
        self._heap: LazyHeap[int] = LazyHeap()
        self._horizon: Place | None = None

    def __len__(self) -> int:
        return len(self._heap)

    @property
    def some_on_disk(self) -> bool:
        """Whether there may be more than those in memory."""
        return self._horizon is not None

    def admits(self, key: Key, until_us: int) -> bool:
        """Whether this task belongs into memory; one beyond the horizon stays on disk until its part is brought."""
        return self._horizon is None or (until_us, *key) <= self._horizon

    def put(self, key: Key, until_us: int) -> None:
        """Holds a task back in memory."""
        self._heap.put(key, until_us)

    def discard(self, key: Key) -> None:
        """The task no longer waits for its time, if it did."""
        self._heap.discard(key)

    def due(self, now_us: int) -> Key | None:
        """A task in memory whose time has come, the earliest first."""
        first = self._heap.first()
        return first[1] if first is not None and first[0] <= now_us else None

    def next_due(self) -> int | None:
        """When the next one is due: not before the horizon, if none is in memory."""
        first = self._heap.first()
        if first is not None:
            return first[0]
        return None if self._horizon is None else self._horizon[0]

    def may_be_due_on_disk(self, now_us: int) -> bool:
        """Whether the time of a task beyond the horizon may have come."""
        return self._horizon is not None and self._horizon[0] <= now_us

    def spill(self) -> list[Key]:
        """When there are too many: the later half, which leaves memory for the disk."""
        if len(self._heap) <= self._most:
            return []
        places = sorted((until_us, *key) for key, until_us in self._heap.items())
        kept = len(places) // 2
        self._horizon = places[kept - 1]
        leaving = [(tenant, task_id) for _, tenant, task_id in places[kept:]]
        for key in leaving:
            self._heap.discard(key)
        return leaving

    def wanted(self) -> tuple[Place, int] | None:
        """Behind which place the next part begins and how many to bring, once few are left in memory."""
        if self._horizon is None or len(self._heap) >= self._part:
            return None
        return self._horizon, self._part

    def reached(self, last: Place | None) -> None:
        """All up to this place have been brought; None: there are no more."""
        self._horizon = last
