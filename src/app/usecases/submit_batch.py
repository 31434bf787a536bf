"""Accept several tasks, each on its own: one refusal never touches its neighbours."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aion.app.usecases.submit_task import AcceptTask
from aion.domain.errors import AionError
from aion.domain.identity import Caller
from aion.ports.usecases import SubmitCommand, Submitted


@dataclass(frozen=True, slots=True)
class SubmitBatch:
    """All accepts are handed over before the first is awaited, so that the store commits them together."""

    accept: AcceptTask

    async def __call__(
        self, caller: Caller, commands: Sequence[SubmitCommand | AionError]
    ) -> Sequence[Submitted | AionError]:
        return await asyncio.gather(*(self._one(caller, command) for command in commands))

    async def _one(self, caller: Caller, command: SubmitCommand | AionError) -> Submitted | AionError:
        if isinstance(command, AionError):
            return command
        try:
            return await self.accept(caller, command)
        except AionError as refusal:
            return refusal
