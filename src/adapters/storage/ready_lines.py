"""Which task that is ready goes next: fair between tenants, by priority and age within one.

Tenants take turns, one task a turn: all tasks weigh the same, so that is deficit round robin with a quantum of one.

Not every worker has every engine, so what a tenant has ready stands in one line for each engine: a claim looks only at
the lines of its engines, and a line that nobody serves stops no other.
"""

from collections import OrderedDict

from aion.adapters.storage.lazy_heap import LazyHeap

Key = tuple[str, str]
"""Tenant and task."""

Line = tuple[str, str]
"""Tenant and engine: tasks that stand in one line."""

Order = tuple[int, int, str] | tuple[()]
"""A place in a line; the empty one is before all."""


class ReadyLines:
    """The lines that have a task, of all tenants."""

    def __init__(self) -> None:
        self._lines: dict[Line, LazyHeap[Order]] = {}
        # By engine the tenants with tasks ready for it, whose turn it is first; and when each had its last turn.
        self._turns: dict[str, OrderedDict[str, None]] = {}
        self._last_turns: dict[str, int] = {}
        self._turn = 0

    def __len__(self) -> int:
        return len(self._lines)

    def __contains__(self, line: Line) -> bool:
        return line in self._lines

    def any_for(self, engines: frozenset[str]) -> bool:
        """Whether a task is ready for one of these engines."""
        return not engines.isdisjoint(self._turns)

    def serves(self, engine: str) -> bool:
        """Whether a task is ready for this engine."""
        return engine in self._turns

    def length(self, line: Line) -> int:
        """How many tasks stand in it."""
        heap = self._lines.get(line)
        return 0 if heap is None else len(heap)

    def longest(self) -> Line:
        """The line with the most tasks; there must be one."""
        return max(self._lines, key=lambda line: len(self._lines[line]))

    def keys_of(self, line: Line) -> list[Key]:
        """All that stand in a line that has a task, in no order."""
        return self._lines[line].names()

    def add(self, line: Line, key: Key, order: Order) -> None:
        """A task joins its line."""
        heap = self._lines.get(line)
        if heap is None:
            tenant, engine = line
            heap = self._lines[line] = LazyHeap()
            self._turns.setdefault(engine, OrderedDict())[tenant] = None
            self._last_turns.setdefault(tenant, self._turn)
        heap.put(key, order)

    def discard(self, line: Line, key: Key) -> None:
        """A task leaves its line, if it stands there."""
        heap = self._lines.get(line)
        if heap is not None:
            heap.discard(key)
            if not heap:
                self._close(line)

    def next(self, engines: frozenset[str] | None) -> Key | None:
        """The task for one of these engines whose turn it is, still in its line; its tenant goes to the end of all."""
        turns = [turn for engine, turn in self._turns.items() if engines is None or engine in engines]
        if not turns:
            return None
        tenant = min((next(iter(turn)) for turn in turns), key=self._last_turns.__getitem__)
        self._turn += 1
        self._last_turns[tenant] = self._turn
        for turn in self._turns.values():
            if tenant in turn:
                turn.move_to_end(tenant)
        mine = (
            heap.first()
            for engine in self._turns
            if (engines is None or engine in engines) and (heap := self._lines.get((tenant, engine))) is not None
        )
        return min(first for first in mine if first is not None)[1]

    def _close(self, line: Line) -> None:
        tenant, engine = line
        del self._lines[line]
        turns = self._turns[engine]
        del turns[tenant]
        if not turns:
            del self._turns[engine]
        if not any(tenant in others for others in self._turns.values()):
            del self._last_turns[tenant]
