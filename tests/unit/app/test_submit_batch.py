"""A batch is handed over at once, unless there is so much to read that others would wait for their turn."""

import asyncio
from typing import Any, cast

import pytest

from aion.app.usecases.submit_batch import MOST_AT_ONCE, SubmitBatch
from aion.app.usecases.submit_task import AcceptTask
from aion.domain.errors import TaskNotFound
from aion.ports.usecases import SubmitCommand

CALLER: Any = None
SUBMITTED: Any = "submitted"


class Desk:
    """Takes note of what is handed over, by the turns of the event loop; nothing is accepted before `open` is set."""

    def __init__(self) -> None:
        self.turn = 0
        self.handed_over: list[int] = []
        self.left = 0
        self.open = asyncio.Event()

    async def __call__(self, caller: object, command: SubmitCommand) -> Any:
        self.handed_over.append(self.turn)
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.left += 1
            raise
        return SUBMITTED

    async def count_turns(self) -> None:
        while True:
            self.turn += 1
            await asyncio.sleep(0)

    async def submit(self, commands: list[Any]) -> Any:
        counting = asyncio.create_task(self.count_turns())
        try:
            batch = asyncio.create_task(SubmitBatch(cast("AcceptTask", self))(CALLER, commands))
            for _ in commands:  # more turns than there are parts
                await asyncio.sleep(0)
            self.open.set()
            return await batch
        finally:
            counting.cancel()


def command(size: int) -> SubmitCommand:
    return SubmitCommand("echo", b"", params_json="x" * (size // 2), params={"text": "x" * (size - size // 2)})


async def test_a_batch_with_little_to_read_is_handed_over_in_one_turn():
    desk = Desk()
    refusal = TaskNotFound("gone")
    assert await desk.submit([command(MOST_AT_ONCE // 100)] * 50 + [refusal]) == [SUBMITTED] * 50 + [refusal]
    assert len(set(desk.handed_over)) == 1


async def test_of_a_batch_with_much_to_read_others_have_a_turn_after_each_part():
    desk = Desk()
    assert await desk.submit([command(MOST_AT_ONCE // 4)] * 20) == [SUBMITTED] * 20
    assert [desk.handed_over.count(turn) for turn in sorted(set(desk.handed_over))] == [5, 5, 5, 5]


async def test_whoever_leaves_between_two_parts_takes_along_what_was_begun():
    desk = Desk()
    batch = asyncio.create_task(SubmitBatch(cast("AcceptTask", desk))(CALLER, [command(MOST_AT_ONCE + 1)] * 3))
    for _ in range(2):  # one in which it begins, one in which the first is handed over
        await asyncio.sleep(0)
    batch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await batch
    await asyncio.sleep(0)
    assert 0 < len(desk.handed_over) < 3
    assert desk.left == len(desk.handed_over)
