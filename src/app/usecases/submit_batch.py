"""Accept several tasks, each on its own: one refusal never touches its neighbours."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aion.app.usecases.submit_task import AcceptTask
from aion.domain.errors import AionError
from aion.domain.identity import Caller
from aion.ports.usecases import SubmitCommand, Submitted

MOST_AT_ONCE: Final = 128 << 10
"""Characters of inputs that are read in one turn of the event loop: of most batches, all."""


@dataclass(frozen=True, slots=True)
class SubmitBatch:
    """All accepts are handed over before the first is awaited, so that the store commits them together. Of a batch with
    much to read some go first, so that others have their turn meanwhile.
    """

    accept: AcceptTask

    async def __call__(
        self, caller: Caller, commands: Sequence[SubmitCommand | AionError]
    ) -> Sequence[Submitted | AionError]:
        begun: list[asyncio.Task[Submitted | AionError]] = []
        read = 0
        for command in commands:
            read += 0 if isinstance(command, AionError) else _length(command)
            begun.append(asyncio.create_task(self._one(caller, command)))
            if read > MOST_AT_ONCE:
                read = 0
                await _turn(begun)
        return await asyncio.gather(*begun)

    async def _one(self, caller: Caller, command: SubmitCommand | AionError) -> Submitted | AionError:
        if isinstance(command, AionError):
            return command
        try:
            return await self.accept(caller, command)
        except AionError as refusal:
            return refusal


async def _turn(begun: Sequence["asyncio.Task[Submitted | AionError]"]) -> None:
    """Lets everybody else have a turn. Whoever leaves meanwhile takes along what was begun, as from `gather`."""
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError:
        for one in begun:
            one.cancel()
        raise


def _length(command: SubmitCommand) -> int:
    """Of the input, nearly."""
    return len(command.params_json) + sum(map(len, command.params.values()))
