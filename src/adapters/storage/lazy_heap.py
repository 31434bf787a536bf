"""A heap from which keys can leave early: what is stale is skipped when it comes to the top."""

import heapq
from typing import Any, Generic, TypeVar

Order = TypeVar("Order")

_SLACK = 64


class LazyHeap(Generic[Order]):
    """Keys by their order, smallest first. Memory is bounded by twice the keys that are in it."""

    def __init__(self) -> None:
        self._orders: dict[tuple[str, str], Order] = {}
        self._heap: list[tuple[Any, tuple[str, str]]] = []

    def __len__(self) -> int:
        return len(self._orders)

    def put(self, key: tuple[str, str], order: Order) -> None:
        """Adds a key or gives it another order."""
        self._orders[key] = order
        heapq.heappush(self._heap, (order, key))
        if len(self._heap) > _SLACK + 2 * len(self._orders):
            self._heap = [(current, name) for name, current in self._orders.items()]
            heapq.heapify(self._heap)

    def discard(self, key: tuple[str, str]) -> None:
        """Takes a key out, if it is there."""
        self._orders.pop(key, None)

    def order_of(self, key: tuple[str, str]) -> Order | None:
        """The order of a key, or None when it is not there."""
        return self._orders.get(key)

    def first(self) -> tuple[Order, tuple[str, str]] | None:
        """The smallest order and its key, or None."""
        heap, orders = self._heap, self._orders
        while heap:
            order, key = heap[0]
            if orders.get(key) == order:
                return order, key
            heapq.heappop(heap)
        return None

    def items(self) -> list[tuple[tuple[str, str], Order]]:
        """All keys with their order, in no order."""
        return list(self._orders.items())

    def names(self) -> list[tuple[str, str]]:
        """All keys, in no order."""
        return list(self._orders)
