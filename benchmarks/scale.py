"""How much is measured: a whole report in some ten minutes, or a smoke run in one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """`seconds` and `rounds` of each measurement; the rest is what single sections need."""

    seconds: float
    rounds: int
    echo_seconds: float
    streams: int
    stream_seconds: float
    batches: int
    batch_calls: int
    tenants: int
    load_seconds: float


FULL = Scale(
    seconds=6,
    rounds=3,
    echo_seconds=3,
    streams=200,
    stream_seconds=8,
    batches=10,
    batch_calls=10,
    tenants=1_000,
    load_seconds=60,
)
QUICK = Scale(
    seconds=1,
    rounds=1,
    echo_seconds=1,
    streams=16,
    stream_seconds=2,
    batches=2,
    batch_calls=2,
    tenants=20,
    load_seconds=2,
)
