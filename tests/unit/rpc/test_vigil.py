"""The watch over one stream by a clock of its own: when it looks up, whom it breaks off, and whom it leaves alone."""

import asyncio
from collections.abc import AsyncGenerator, Callable

import pytest

from aion.adapters.rpc.streams import Burst, StreamTimes, Vigil
from aion.domain.errors import Draining
from aion.v1 import tasks_pb2

TIMES = StreamTimes(reauthorise_after=3.0, reader=10.0)
MESSAGE = tasks_pb2.WatchResponse()


class Ticks:
    """A loop's clock and its one timer: time passes when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self.delay = 0.0
        self.rings: Callable[[], None] | None = None

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, rings: Callable[[], None]) -> "Ticks":
        self.delay, self.rings = delay, rings
        return self

    def cancel(self) -> None:
        self.rings = None

    def ring(self, at: float) -> None:
        assert self.rings is not None
        self.now = at
        self.rings()


class Watched:
    """A vigil, its clock, and how often it looked up; it finds what `finds` says."""

    def __init__(self, times: StreamTimes = TIMES) -> None:
        self.looks = 0
        self.finds: Exception | None = None
        self.ticks = Ticks()
        self.vigil = Vigil(times)
        self.vigil._loop = self.ticks
        self.vigil.start(self.look_up)

    def look_up(self) -> None:
        self.looks += 1
        if self.finds is not None:
            raise self.finds


async def turns() -> None:
    """Lets every task go as far as it can."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("times", "delay"),
    [(StreamTimes(3.0, 10.0), 1.0), (StreamTimes(3.0, 60.0), 3.0)],
    ids=["as often as patience asks for", "as often as credentials do"],
)
async def test_the_timer_rings_often_enough_for_both_spans(times, delay):
    assert Watched(times).ticks.delay == delay


async def test_credentials_are_looked_at_when_their_time_has_come_and_not_with_every_ring():
    """4.7 A stream's credentials are looked at again at least every five seconds."""
    watched, looks = Watched(), []
    for at in range(1, 10):
        watched.ticks.ring(float(at))
        looks.append(watched.looks)
    assert looks == [0, 0, 1, 1, 1, 2, 2, 2, 3]


async def test_a_timer_that_rings_a_moment_early_does_not_put_a_look_off():
    watched = Watched()
    watched.ticks.ring(2.999)
    assert watched.looks == 1


async def test_a_stopped_vigil_rings_and_looks_no_more():
    watched = Watched()
    watched.vigil.stop()
    watched.vigil.wake()
    assert (watched.ticks.rings, watched.looks) == (None, 0)


async def test_a_write_is_broken_off_when_patience_is_over_and_not_before():
    watched = Watched()
    writing = asyncio.ensure_future(watched.vigil.write(asyncio.Event().wait()))
    await turns()
    for at in (1.0, 5.0, 9.999):
        watched.ticks.ring(at)
        await turns()
        assert not writing.done()
    watched.ticks.ring(10.0)
    assert await writing is False
    assert not writing.cancelling()


async def test_a_write_that_is_cancelled_by_somebody_else_is_not_taken_for_a_slow_one():
    watched = Watched()
    writing = asyncio.ensure_future(watched.vigil.write(asyncio.Event().wait()))
    await turns()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing


async def test_what_is_found_breaks_off_the_wait_and_leaves_a_write_alone():
    watched, go_on = Watched(), asyncio.Event()
    watched.finds = Draining("over")
    writing = asyncio.ensure_future(watched.vigil.write(go_on.wait()))
    await turns()
    watched.vigil.wake()
    await turns()
    assert not writing.done()
    go_on.set()
    assert await writing is True
    assert watched.vigil.found is watched.finds


async def test_what_was_found_while_nobody_waited_ends_the_stream_before_its_next_burst():
    async def more() -> AsyncGenerator[Burst, None]:
        yield [MESSAGE]

    watched = Watched()
    watched.finds = Draining("over")
    watched.vigil.wake()
    with pytest.raises(Draining, match="over"):
        await watched.vigil.next(more())


async def test_a_stream_that_has_a_last_burst_when_it_is_broken_off_does_not_stay_cancelled():
    async def last_words() -> AsyncGenerator[Burst, None]:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            yield [MESSAGE]

    async def read() -> tuple[Burst | None, int]:
        burst = await watched.vigil.next(last_words())
        task = asyncio.current_task()
        assert task is not None
        return burst, task.cancelling()

    watched = Watched()
    watched.finds = Draining("over")
    reading = asyncio.ensure_future(read())
    await turns()
    watched.vigil.wake()
    assert await reading == ([MESSAGE], 0)
