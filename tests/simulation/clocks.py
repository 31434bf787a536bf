"""The clocks of simulated processes: what durations are measured with only grows, the time of day can be set wrong."""

from datetime import UTC, datetime, timedelta

from tests.simulation.virtual_loop import VirtualLoop

START = datetime(2026, 1, 1, tzinfo=UTC)


class VirtualClock:
    """The Clock of one machine. `ahead` is how far its time of day is from the true one."""

    def __init__(self, loop: VirtualLoop) -> None:
        self.ahead = timedelta()
        self._loop = loop

    def now(self) -> datetime:
        return START + self.ahead + timedelta(microseconds=self._loop.now_us)

    def monotonic(self) -> float:
        return self._loop.time()
