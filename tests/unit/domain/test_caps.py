"""A tenant's caps cut an engine's limits, and never raise one; 0 cuts nothing."""

from datetime import timedelta

import pytest

from aion.domain.caps import NO_CAPS, Caps


@pytest.mark.parametrize(
    ("engine", "cap", "limit"),
    [(10, 5, 5), (5, 10, 5), (7, 7, 7), (7, 0, 7)],
    ids=["the cap is lower", "the engine's is lower", "both say the same", "no cap"],
)
def test_the_lower_of_both_limits_holds(engine: int, cap: int, limit: int) -> None:
    seconds = timedelta(seconds=1)
    caps = Caps(memory_bytes=cap, fuel=cap, timeout=cap * seconds)
    assert caps.of_memory(engine) == limit
    assert caps.of_fuel(engine) == limit
    assert caps.of_timeout(engine * seconds) == limit * seconds


def test_an_engine_with_unlimited_fuel_has_as_much_as_the_cap_says() -> None:
    assert Caps(fuel=5).of_fuel(0) == 5
    assert NO_CAPS.of_fuel(0) == 0
