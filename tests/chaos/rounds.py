"""Lives of a server that end at a failpoint, one after the other on the same data, under a load that reaches it."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from tests.chaos.client import WIRES, Client, Recorder, Steps, all_of
from tests.chaos.history import Outcome
from tests.chaos.server import Died, Place, Server

SUBMITTERS = 3
BRISK_TASKS = 40
"""A life that has not reached its failpoint after so many tasks is given new ones at leisure, not to pile them up."""

_REST = 0.2


@dataclass
class Story:
    """One place, one history, one source of chance."""

    place: Place
    seed: int
    wires: Sequence[str] = WIRES
    recorder: Recorder = field(default_factory=Recorder)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self._open: list[str] = []
        self.leases_left = False

    async def life(self, failpoints: str, *, held: int = 0) -> None:
        """A server that lives until a failpoint kills it, also while it starts."""
        if held:
            self.place.gate.unlink(missing_ok=True)
        else:
            self.place.gate.touch()
        server = Server.launch(self.place, failpoints)
        try:
            await self._live(server, held)
        except Died:
            server.must_have_been_killed()
        finally:
            server.destroy()

    async def _live(self, server: Server, held: int) -> None:
        await server.wait_until_ready()
        async with AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(Client.connect(self.recorder, server, wire))
                for wire in self._wires(SUBMITTERS)
            ]
            work = asyncio.create_task(self._work(clients, server, held))
            try:
                await server.wait_until_killed()
            finally:
                # Whatever happened, the server is gone, so every call ends.
                await work

    def _wires(self, count: int) -> list[str]:
        return [self.wires[number % len(self.wires)] for number in range(count)]

    async def _work(self, clients: Sequence[Client], server: Server, held: int) -> None:
        client = clients[0]
        brisk = len(self.recorder.plans) + BRISK_TASKS
        await all_of(*(self._hold(client) for _ in range(held)))
        again, self._open = self._open, []
        await all_of(
            self._submit_again(client, server, again), *(self._submit(each, server, brisk) for each in clients)
        )

    async def _submit_again(self, client: Client, server: Server, keys: list[str]) -> None:
        """What the life before was asked for, beside what is new."""
        for key in keys:
            if not server.alive or (await client.submit(key)).outcome is not Outcome.ANSWERED:
                self._open.append(key)

    async def _hold(self, client: Client) -> None:
        """A task of which it is certain that it runs: it has spoken and is held at the gate."""
        call = await client.submit(self._key(Steps(3, held=True)))
        if call.task is not None:
            await client.watch(call.task.task_id, until="TOKEN")

    async def _submit(self, client: Client, server: Server, brisk: int) -> None:
        while server.alive:
            if len(self.recorder.plans) >= brisk:
                await asyncio.sleep(_REST)
            steps = Steps(self.chance.randint(1, 5), self.chance.choice((0, 0, 1, 1, 2, 6)))
            call = await client.submit(self._key(steps), wait=self.chance.choice((0.0, 0.0, 0.2)))
            if call.outcome is Outcome.UNKNOWN or call.task is None:
                continue
            what = self.chance.random()
            if what < 0.25:
                await client.cancel(call.task.task_id)
            elif what < 0.5:
                await client.watch(call.task.task_id)
            elif what < 0.75:
                await client.get(call.task.task_id)
            elif what < 0.8:
                await client.list_all()

    def _key(self, plan: Steps) -> str:
        key = self.recorder.new_key(plan)
        self._open.append(key)
        return key
