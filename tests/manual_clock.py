"""Time and randomness that a test owns."""

from datetime import UTC, datetime, timedelta


class ManualClock:
    """Stands still until a test moves it."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._start = start
        self._passed = timedelta()
        self._set_by = timedelta()

    def now(self) -> datetime:
        return self._start + self._passed + self._set_by

    def monotonic(self) -> float:
        return self._passed.total_seconds()

    def advance(self, by: timedelta) -> None:
        self._passed += by

    def jump(self, by: timedelta) -> None:
        """Somebody sets the time of day, back if negative; no time passes."""
        self._set_by += by


class CountingEntropy:
    """Random-looking bytes that are the same in every run and never repeat."""

    def __init__(self) -> None:
        self._calls = 0

    def bytes(self, count: int) -> bytes:
        self._calls += 1
        return (self._calls * 0x9E3779B97F4A7C15F39CC0605CEDC835).to_bytes(64, "big")[-count:]
