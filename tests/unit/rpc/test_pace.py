"""What a stream is told of its reader: nothing while that takes what it gets, and where it stopped once it is stuck."""

from collections.abc import Awaitable

import pytest

from aion.adapters.rpc.call import Marks
from aion.adapters.rpc.streams import ReaderStuck, Stream
from aion.v1 import tasks_pb2


class Patience:
    """Stands for the watch over a stream: whether a write was taken is said by a test, not by time."""

    found: Exception | None = None

    def __init__(self) -> None:
        self.taken = True

    async def write(self, writing: Awaitable[None]) -> bool:
        await writing
        return self.taken


class Reader:
    """A stream whose bursts end with what is thrown into them; `told` is all of that."""

    def __init__(self) -> None:
        self.told: list[BaseException] = []
        self.patience = Patience()
        self.stream = Stream(self._bursts(), Marks("request-1", ""), self.patience)

    async def starts(self) -> None:
        await anext(self.stream.bursts)

    async def is_given(self, *offsets: int, taken: bool = True) -> None:
        """One message with the events of these offsets."""
        message = tasks_pb2.WatchResponse()
        for number, offset in enumerate(offsets):
            (message.more_events.add() if number else message.event).offset = offset
        self.patience.taken = taken
        await self.stream.pace(_nothing(), message)

    async def _bursts(self):
        try:
            yield [tasks_pb2.WatchResponse()]
        except BaseException as thrown:
            self.told.append(thrown)
            raise


async def _nothing() -> None:
    return None


@pytest.mark.parametrize(
    ("took", "offset"),
    [([], 0), ([(4,)], 4), ([(4,), (5, 6, 7)], 7), ([(4,), ()], 4)],
    ids=["nothing", "an event", "several in one message", "a heartbeat last"],
)
async def test_a_stream_is_told_that_its_reader_is_stuck_and_after_which_event(took, offset):
    reader = Reader()
    await reader.starts()
    for offsets in took:
        await reader.is_given(*offsets)
    assert reader.told == []
    with pytest.raises(ReaderStuck) as stuck:
        await reader.is_given(99, taken=False)
    assert reader.told == [stuck.value]
    assert stuck.value.offset == offset
