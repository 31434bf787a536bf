"""The PENDING tasks: which are ready, which are held back, which are in memory and which on disk only.

The table is the truth, this is its index in the memory of the one owner. What is ready stands in lines, see
`ready_lines.py`; what may not start yet waits apart.

Memory is bounded: when too many tasks wait, the line with the largest part in memory keeps the first half of it here
and the rest on disk only, beyond its horizon. Once its part in memory is used up it is hungry, and the owner of this
index brings the next part as soon as there is room. Of what is held back, `held_back.py` keeps a quarter of the room.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from aion.adapters.storage.held_back import HeldBack, Place
from aion.adapters.storage.lazy_heap import LazyHeap
from aion.adapters.storage.ready_lines import Key, Line, Order, ReadyLines

MOST_IN_MEMORY = 50_000
_FED_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class WaitingTask:
    """What the index knows of one PENDING task; times in microseconds. After `expire_us` it waits no longer."""

    key: Key
    engine: str
    priority: int
    create_us: int
    expire_us: int
    not_before_us: int | None

    @property
    def line(self) -> Line:
        """Where it stands once it may start."""
        return (self.key[0], self.engine)

    @property
    def order(self) -> Order:
        """Its place within its tenant and its line: higher priority first, then the older."""
        return (-self.priority, self.create_us, self.key[1])


class WaitingTasks:
    """The PENDING tasks of all tenants: `total` of them, of which `len` are in memory."""

    def __init__(self, most_in_memory: int = MOST_IN_MEMORY) -> None:
        self.part = max(16, most_in_memory // 8)
        self.total = 0
        self._most = most_in_memory
        self._tasks: dict[Key, WaitingTask] = {}
        self._counts: dict[str, int] = {}
        self._ready = ReadyLines()
        self._held_back = HeldBack(max(8, most_in_memory // 4))
        self._expiries: LazyHeap[int] = LazyHeap()
        self._horizons: dict[Line, Order] = {}
        self._lines_on_disk: Counter[str] = Counter()  # by engine
        self._expiries_on_disk: dict[Line, int] = {}
        self._any_released = False

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
        if task.not_before_us is None:
            self._add_ready(task)
        elif self._held_back.admits(task.key, task.not_before_us):
            self._hold_back(task, task.not_before_us)

    def remove(self, key: Key, engine: str) -> None:
        """A task is no longer PENDING."""
        tenant = key[0]
        task = self._tasks.pop(key, None)
        if task is None and (tenant, engine) not in self._horizons and not self._held_back.some_on_disk:
            return
        self.total -= 1
        left = self._counts[tenant] - 1
        if left:
            self._counts[tenant] = left
        else:
            del self._counts[tenant]
        if task is not None:
            self._drop(task)

    def any_ready(self, now_us: int, engines: frozenset[str] | None = None) -> bool:
        """Whether a task for one of these engines could start now."""
        self.release(now_us)
        if self._held_back.may_be_due_on_disk(now_us):
            return True
        if engines is None:
            return bool(self._ready) or bool(self._horizons)
        return self._ready.any_for(engines) or any(engine in engines for _, engine in self._horizons)

    def next_ready(self, now_us: int, engines: frozenset[str] | None = None) -> Key | None:
        """The task for one of these engines whose turn it is, still in the index; its tenant goes to the end of the
        lines.
        """
        self.release(now_us)
        return self._ready.next(engines)

    def release(self, now_us: int) -> None:
        """Holds back no longer what is in memory and whose time has come."""
        while (key := self._held_back.due(now_us)) is not None:
            self._any_released = True
            self._held_back.discard(key)
            task = self._tasks[key]
            if self._is_beyond_horizon(task):
                del self._tasks[key]
                self._expiries.discard(key)
                self._leave_on_disk(task)
            else:
                self._ready.add(task.line, key, task.order)

    def any_released(self) -> bool:
        """Whether a task was released since this was last asked, by whoever looked for work: one for another engine may
        be the first to look.
        """
        any_released, self._any_released = self._any_released, False
        return any_released

    def expired(self, now_us: int) -> Key | None:
        """A task in memory whose expire time passed, the longest overdue first."""
        first = self._expiries.first()
        return first[1] if first is not None and first[0] <= now_us else None

    def overdue_on_disk(self, now_us: int) -> list[Line]:
        """Lines that may have a task on disk whose expire time passed; each is named once, see `expiry_on_disk`."""
        overdue = [line for line, due in self._expiries_on_disk.items() if due <= now_us]
        for line in overdue:
            del self._expiries_on_disk[line]
        return overdue

    def next_due(self) -> int | None:
        """When the next held-back task is released or the next task expires."""
        first = self._expiries.first()
        times = [time for time in (self._held_back.next_due(), first and first[0]) if time is not None]
        return min([*times, *self._expiries_on_disk.values()], default=None)

    def hungry(self) -> list[tuple[Line, int]]:
        """Lines that have tasks on disk and none ready in memory, the longest hungry first; and how many to bring.

        Nobody while there is little room and every engine has work: a query for each free place would cost more than it
        brings. An engine that has none gets room, since those that have all the room may be served by nobody.
        """
        waits: Iterable[Line] = (line for line in self._horizons if line not in self._ready)
        if self._ready and self._room() < self.part:
            starving = {engine for engine in self._lines_on_disk if not self._ready.serves(engine)}
            if not starving:
                return []
            self._make_room()
            waits = (line for line in self._horizons if line[1] in starving)
        lines = list(islice(waits, _FED_AT_ONCE))
        return [(line, min(self.part, max(1, self._room() // len(lines)))) for line in lines]

    def feed(self, line: Line, first: Sequence[WaitingTask], asked: int) -> None:
        """The next tasks of a hungry line, in order; fewer than were asked for when there are no more."""
        for task in first:
            if task.key not in self._tasks:
                self._take_in(task)
                self._ready.add(task.line, task.key, task.order)
        self._forget_horizon(line)
        if len(first) < asked:
            self._expiries_on_disk.pop(line, None)
        else:
            self._set_horizon(line, first[-1].order)

    def held_back_wanted(self) -> tuple[Place, int] | None:
        """Behind which place the next held-back tasks begin, and how many to bring; None while enough are here."""
        return self._held_back.wanted()

    def feed_held_back(self, first: Sequence[WaitingTask], asked: int, now_us: int) -> None:
        """The next held-back tasks, in order of their time; fewer than were asked for when there are no more."""
        for task in first:
            if task.key in self._tasks or task.not_before_us is None:
                continue
            if task.not_before_us <= now_us:
                self._add_ready(replace(task, not_before_us=None))
            else:
                self._hold_back(task, task.not_before_us)
        last = first[-1] if len(first) == asked else None
        self._held_back.reached(None if last is None else (last.not_before_us or 0, *last.key))

    def unknown_expiries(self) -> list[Line]:
        """Lines with tasks on disk of which it is not known when the next one expires."""
        return [line for line in self._horizons if line not in self._expiries_on_disk]

    def expiry_on_disk(self, line: Line, expire_us: int | None) -> None:
        """No task of the line expires earlier; None when none is waiting."""
        if expire_us is None:
            self._forget_horizon(line)
        else:
            self._expiries_on_disk[line] = expire_us

    def _add_ready(self, task: WaitingTask) -> None:
        if self._is_beyond_horizon(task):
            self._leave_on_disk(task)
            return
        self._take_in(task)
        self._ready.add(task.line, task.key, task.order)
        self._spill_if_crowded(task.line)

    def _is_beyond_horizon(self, task: WaitingTask) -> bool:
        """Whether others that are on disk only may go before it."""
        horizon = self._horizons.get(task.line)
        return horizon is not None and task.order > horizon

    def _hold_back(self, task: WaitingTask, until_us: int) -> None:
        self._take_in(task)
        self._held_back.put(task.key, until_us)
        for key in self._held_back.spill():
            del self._tasks[key]
            self._expiries.discard(key)
        self._spill_if_crowded(task.line)

    def _take_in(self, task: WaitingTask) -> None:
        self._tasks[task.key] = task
        self._expiries.put(task.key, task.expire_us)

    def _leave_on_disk(self, task: WaitingTask) -> None:
        # Where it is unknown who expires first it stays so: an earlier one than this may be there.
        known = self._expiries_on_disk.get(task.line)
        if known is not None:
            self._expiries_on_disk[task.line] = min(known, task.expire_us)

    def _room(self) -> int:
        return self._most - len(self._tasks)

    def _set_horizon(self, line: Line, order: Order) -> None:
        if line not in self._horizons:
            self._lines_on_disk[line[1]] += 1
        self._horizons[line] = order

    def _forget_horizon(self, line: Line) -> None:
        if self._horizons.pop(line, None) is None:
            return
        self._lines_on_disk[line[1]] -= 1
        if not self._lines_on_disk[line[1]]:
            del self._lines_on_disk[line[1]]

    def _make_room(self) -> None:
        while self._ready and self._room() < _FED_AT_ONCE:
            self._spill(self._ready.longest())

    def _crowded(self, adding: Line) -> Line | None:
        """Whose tasks go to disk: those of the line that adds, if it has its share, else those of the longest."""
        if not self._ready:
            return None
        if self._ready.length(adding) * len(self._ready) >= len(self._tasks):
            return adding
        return self._ready.longest()

    def _spill_if_crowded(self, adding: Line) -> None:
        if len(self._tasks) > self._most:
            self._spill(self._crowded(adding))

    def _spill(self, line: Line | None) -> None:
        """Keeps the first half of what a line has ready here."""
        if line is None:
            return
        ready = sorted((self._tasks[key] for key in self._ready.keys_of(line)), key=lambda task: task.order)
        kept = len(ready) // 2
        if line not in self._horizons:
            # Nothing of the line is on disk only but what leaves now.
            self._expiries_on_disk[line] = ready[kept].expire_us
        self._set_horizon(line, ready[kept - 1].order if kept else ())
        for task in ready[kept:]:
            del self._tasks[task.key]
            self._drop(task)
            self._leave_on_disk(task)

    def _drop(self, task: WaitingTask) -> None:
        self._expiries.discard(task.key)
        self._held_back.discard(task.key)
        self._ready.discard(task.line, task.key)
