"""One attempt inside a host: what it was ordered to do, and how it is told to stop."""

import threading
import time

from aion.adapters.engines.wasm.frames import RunOrder
from aion.adapters.engines.wasm.host.endings import GuestEnds, canceled, never_began, timed_out
from aion.adapters.engines.wasm.host.output import Output

TICK_SECONDS = 0.01
"""How often guests can be interrupted."""

_TICK_NS = int(TICK_SECONDS * 10**9)


class Attempt:
    """Lives from the order's arrival until its end was sent. `ending` is why a host function ended the guest; `began`
    is set when a lane takes it.
    """

    __slots__ = (
        "began",
        "cancel_asked",
        "deadline_ns",
        "ending",
        "fuel",
        "granted",
        "input",
        "memory",
        "number",
        "order",
        "output",
        "random_blocks",
        "read_to",
        "seed",
        "wakes",
    )

    def __init__(self, number: int, order: RunOrder, output: Output) -> None:
        self.number = number
        self.order = order
        self.output = output
        self.granted = order.granted
        self.input = order.input
        self.seed = order.seed
        self.deadline_ns = order.deadline_ns
        self.read_to = 0
        self.random_blocks = 0
        self.fuel = 0
        self.memory = 0
        self.began = False
        self.cancel_asked = False
        self.ending: BaseException | None = None
        self.wakes: threading.Event | None = None

    def cancel(self) -> None:
        """Asks that the attempt ends; it does at the guest's next epoch tick or host call, or wakes from its sleep."""
        self.cancel_asked = True
        if self.wakes is not None:
            self.wakes.set()

    def must_end(self) -> bool:
        """Whether the guest may not run on."""
        return self.cancel_asked or time.monotonic_ns() >= self.deadline_ns

    def go_on(self) -> None:
        """Raises the ending of an attempt that must end, for what takes long in the host itself."""
        if self.must_end():
            raise self.what_ends_it()

    def what_ends_it(self) -> GuestEnds:
        """The ending of an attempt that must end."""
        if self.cancel_asked:
            return canceled()
        return timed_out() if self.began else never_began()

    def ticks_left(self) -> int:
        """How many ticks there are until its deadline, at least one."""
        return max(1, (self.deadline_ns - time.monotonic_ns()) // _TICK_NS)

    def sleep(self, nanoseconds: int) -> None:
        """Waits until the time is over or the attempt must end."""
        until = min(time.monotonic_ns() + nanoseconds, self.deadline_ns)
        self.output.flush()
        while self.wakes is not None and not self.cancel_asked and (left := until - time.monotonic_ns()) > 0:
            if self.wakes.wait(left / 10**9):
                # Either this attempt is to end, or the wake was meant for the one before it on this lane.
                self.wakes.clear()
