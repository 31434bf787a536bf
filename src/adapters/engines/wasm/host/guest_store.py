"""A store for one guest after the other: its limits, its fuel, and the epoch by which it is ended."""

from ctypes import byref, c_uint64
from dataclasses import dataclass
from typing import Final

from aion.adapters.engines.wasm.host import native
from aion.adapters.engines.wasm.host.attempt import Attempt

_QUIET_LOOKS: Final = 4
_LONGEST_PAUSE: Final = 5
"""Ticks. A guest that runs for long and says nothing is looked at less often: each look waits for the interpreter."""


@dataclass(frozen=True, slots=True)
class Most:
    """How much a guest may have, beside its memory."""

    table_elements: int
    instances: int
    tables: int
    memories: int


class GuestStore:
    """What one lane runs its guests in: `open` makes a fresh store for an attempt, `close` ends it."""

    __slots__ = ("_attempt", "_fuel", "_left", "_left_at", "_most", "_on_epoch", "_quiet", "_store", "context")

    def __init__(self, most: Most) -> None:
        self._most = most
        self._on_epoch = native.EpochCallback(self._epoch)
        self._attempt: Attempt | None = None
        self._store = 0
        self._fuel = 0
        self._quiet = 0
        self._left = c_uint64()
        self._left_at = byref(self._left)
        self.context = 0

    def open(self, engine: int, attempt: Attempt, *, metered: bool) -> int:
        """A store for the attempt; its context."""
        order, most = attempt.order, self._most
        store = self._store = native.store_new(engine, None, None)
        context: int = native.store_context(store)
        self.context = context
        native.store_limiter(store, order.memory_bytes, most.table_elements, most.instances, most.tables, most.memories)
        self._fuel = order.fuel if metered else 0
        if metered:
            native.context_set_fuel(context, order.fuel)
        self._attempt = attempt
        self._quiet = 0
        native.store_epoch_callback(store, self._on_epoch, None, None)
        native.context_set_epoch_deadline(context, 1)
        return context

    def close(self) -> int:
        """Everything of the guest is gone; the fuel that it burnt."""
        burnt = 0
        if self._fuel:
            native.context_get_fuel(self.context, self._left_at)
            burnt = self._fuel - self._left.value
        self._attempt = None
        native.store_delete(self._store)
        return burnt

    def _epoch(self, _context: int, _data: int, more: native.Words, _kind: native.Words) -> int | None:
        attempt = self._attempt
        if attempt is None:
            return native.new_error(b"no attempt")
        try:
            if attempt.must_end():
                attempt.ending = attempt.what_ends_it()
                return native.new_error(b"the attempt must end")
            self._quiet = 0 if attempt.output.flush() else self._quiet + 1
            more[0] = min(1 + self._quiet // _QUIET_LOOKS, _LONGEST_PAUSE, attempt.ticks_left())
        except BaseException as ending:  # noqa: BLE001 nothing may be raised through WebAssembly
            attempt.ending = ending
            return native.new_error(b"the host failed")
        return None
