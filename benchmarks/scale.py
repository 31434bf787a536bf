"""How much is measured: a whole report in a quarter of an hour, or a smoke run in two minutes."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Scale:
    """`seconds` and `rounds` of each measurement; the rest is what single sections need. `memory_tasks` are those after
    which the server's memory is looked at last; without them it is after a minute at all that it bears.
    """

    seconds: float
    rounds: int
    echo_seconds: float
    streams: int
    stream_seconds: float
    batches: int
    batch_calls: int
    tenants: int
    load_seconds: float
    door_seconds: float
    stage_seconds: float
    memory_tasks: int = 0


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
    door_seconds=3,
    stage_seconds=3,
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
    door_seconds=0.5,
    stage_seconds=0.5,
)
HOUR = replace(FULL, memory_tasks=720_000)
"""What an hour at 200 tasks a second leaves behind. Made at all that the server bears, it takes half an hour."""
