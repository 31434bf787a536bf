"""Whose turn it is among the webhooks that something waits for: each looked at only when something is due, one after
the other.

Part of the store's memory, so that looking for what is due costs the same however many webhooks wait for later.
"""

from collections.abc import Iterable, Iterator

from aion.adapters.storage.lazy_heap import LazyHeap

Key = tuple[str, str]
"""Tenant and webhook id."""


class Turns:
    """The webhooks with deliveries that wait: those whose first one is due in a round, the others by when it is."""

    def __init__(self, waited_for: Iterable[tuple[Key, int, int]] = ()) -> None:
        self._later: LazyHeap[int] = LazyHeap()
        self._round: dict[Key, int] = {}
        self._waiting: dict[Key, int] = {}
        self.next_due_us: int | None = None
        """When the first delivery of all is due. Any thread may read it."""
        for key, due_us, count in waited_for:
            self._later.put(key, due_us)
            self._waiting[key] = count
        self._refresh()

    def waiting(self, key: Key) -> int:
        """How many deliveries wait for this webhook."""
        return self._waiting.get(key, 0)

    def add(self, key: Key, due_us: int) -> None:
        """One more delivery waits."""
        self._waiting[key] = self.waiting(key) + 1
        if key not in self._round:
            known = self._later.order_of(key)
            self._later.put(key, due_us if known is None else min(known, due_us))
        self._refresh()

    def over(self, key: Key, count: int = 1) -> None:
        """So many deliveries wait no longer."""
        left = self.waiting(key) - count
        if left > 0:
            self._waiting[key] = left
        else:
            self._waiting.pop(key, None)

    def due(self, key: Key, due_us: int | None, now_us: int) -> None:
        """The first delivery of this webhook is due then; None: it has none. One that is due keeps its turn."""
        if key in self._round and due_us is not None and due_us <= now_us:
            self._round[key] = due_us
        else:
            self._forget(key)
            if due_us is not None:
                self._later.put(key, due_us)
        self._refresh()

    def drop(self, key: Key) -> None:
        """The webhook is deleted."""
        self._waiting.pop(key, None)
        self._forget(key)
        self._refresh()

    def round(self, now_us: int, most: int) -> Iterator[Key]:
        """Up to `most` webhooks with something due, each once and then at the end of the round."""
        while (first := self._later.first()) is not None and first[0] <= now_us:
            self._later.discard(first[1])
            self._round[first[1]] = first[0]
        for _ in range(min(most, len(self._round))):
            key = next(iter(self._round), None)
            if key is None:
                return
            self._round[key] = self._round.pop(key)
            yield key

    def _forget(self, key: Key) -> None:
        self._round.pop(key, None)
        self._later.discard(key)

    def _refresh(self) -> None:
        later = self._later.first()
        times = [time for time in (later and later[0], next(iter(self._round.values()), None)) if time is not None]
        self.next_due_us = min(times, default=None)
