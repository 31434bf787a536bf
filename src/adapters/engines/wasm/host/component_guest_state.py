"""One component that runs: its attempt, and the resources that it was given."""

from aion.adapters.engines.wasm.host.attempt import Attempt
from aion.adapters.engines.wasm.host.component_values import Value, owned
from aion.adapters.engines.wasm.host.endings import failed
from aion.adapters.engines.wasm.preview2_imports import RESOURCES

_MOST_HANDLES = 10_000
_NUMBERS = {name: number for number, name in enumerate(RESOURCES)}

STDIN, STDOUT, STDERR = 0, 1, 2
READY = 3
_FIRST_TIMER = 16


class ComponentGuest:
    """What the host functions of a component know. A resource's representation is a stream's number or a timer's."""

    __slots__ = ("_handles", "_next", "attempt", "timers")

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.timers: dict[int, int] = {}
        """When each is due, on the guest's monotonic clock."""
        self._handles = 0
        self._next = _FIRST_TIMER

    def give(self, context: int, kind: str, representation: int) -> Value:
        """A resource for the guest. One that never drops what it gets would fill the host's memory."""
        self._handles += 1
        if self._handles > _MOST_HANDLES:
            raise failed("MODULE_TRAPPED", f"the module holds more than {_MOST_HANDLES} resources; drop them")
        return owned(context, representation, _NUMBERS[kind])

    def timer(self, context: int, due: int) -> Value:
        """A pollable that is ready when the time has come."""
        number = self._next
        self._next += 1
        self.timers[number] = due
        return self.give(context, "pollable", number)

    def dropped(self, representation: int) -> None:
        """The guest gave a resource back."""
        self._handles -= 1
        self.timers.pop(representation, None)
