"""2 of the load programme, in virtual time: a tenant that asks for ten times its share hardly delays the others."""

import asyncio
from datetime import timedelta

from aion.domain.attempts import AttemptOutcome, AttemptResult
from aion.domain.errors import QueueFull
from aion.domain.identity import Caller, Identity
from aion.ports.engines import EmitEvents, EngineJob
from aion.ports.usecases import SubmitCommand
from tests.simulation.chance import Chance
from tests.simulation.disk import Commit, empty_disk
from tests.simulation.network import CALM, Network
from tests.simulation.processes import Server, Size, Surroundings
from tests.simulation.told import Told
from tests.simulation.virtual_loop import Process, VirtualLoop

SLOTS = 32
SERVICE = (0.1, 0.3)
SHARE = SLOTS / (sum(SERVICE) / 2) / 4
"""Tasks a second that each of four tenants may expect."""

SECONDS = 6.0
OTHERS = ("acme", "bolt", "coil")
NOISY = "drum"


class SteadyEngine:
    """Takes a while, and always goes well."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance

    async def run(self, job: EngineJob, emit: EmitEvents) -> AttemptResult:
        await asyncio.sleep(self._chance.between(*SERVICE))
        return AttemptResult(AttemptOutcome.OK, result_json="{}")

    async def close(self) -> None:
        """There is nothing to end."""


class Market:
    """One server and four tenants, and how long the tasks of each took."""

    def __init__(self, noise: float) -> None:
        self.took: dict[str, list[float]] = {tenant: [] for tenant in (*OTHERS, NOISY)}
        self.refused = 0
        self._noise = noise
        self._chance = chance = Chance("fair share")
        self._loop = VirtualLoop(chance)
        network = Network(self._loop, chance)
        network.weather = CALM
        size = Size(slots=SLOTS, lease=timedelta(seconds=10), max_pending=200)
        around = Surroundings(self._loop, chance, network, empty_disk(), Told(), size, self._committed)
        self._disk = around.disk
        engine: object = SteadyEngine(chance)
        self._server = Server(around, 1, engine)  # type: ignore[arg-type]
        self._people = Process("people")

    def run(self) -> None:
        self._loop.run_until_complete(self._happen())
        self._loop.end()
        self._disk.close()

    def p99(self, *tenants: str) -> float:
        """Of the seconds from acceptance to end."""
        took = sorted(seconds for tenant in tenants for seconds in self.took[tenant])
        return took[int(len(took) * 0.99)]

    async def _happen(self) -> None:
        await self._loop.spawn(self._server.process, self._server.start())
        rates = {**dict.fromkeys(OTHERS, 0.6 * SHARE), **({NOISY: self._noise * SHARE} if self._noise else {})}
        await asyncio.gather(*(self._loop.spawn(self._people, self._ask(*each)) for each in rates.items()))
        await asyncio.sleep(10)

    async def _ask(self, tenant: str, rate: float) -> None:
        caller = Caller(Identity(tenant, "service", frozenset({"intent:*:run", "tasks:write"})), "simulated")
        number, until = 0, self._loop.time() + SECONDS
        while self._loop.time() < until:
            await asyncio.sleep(self._chance.after(1 / rate))
            number += 1
            self._loop.spawn(self._server.process, self._submit(caller, f"task-{number}"))

    async def _submit(self, caller: Caller, name: str) -> None:
        try:
            await self._server.submit(caller, SubmitCommand("once", name.encode(), name))
        except QueueFull:
            self.refused += 1

    def _committed(self, commit: Commit) -> None:
        for task in commit.tasks:
            if task.end_time is not None:
                self.took[task.tenant].append((task.end_time - task.create_time).total_seconds())


def test_a_tenant_that_asks_for_ten_times_its_share_moves_the_p99_of_the_others_by_at_most_a_fifth():
    quiet, noisy = Market(noise=0.0), Market(noise=10.0)
    quiet.run()
    noisy.run()
    assert noisy.refused > 0, "it asked for more than it may have waiting"
    assert len(noisy.took[NOISY]) > SHARE * SECONDS, "it gets its share, and what the others leave"
    for market in (quiet, noisy):
        asked_for = sum(len(market.took[tenant]) for tenant in OTHERS) / len(OTHERS) / SECONDS
        assert 0.5 * SHARE < asked_for < 0.7 * SHARE, "the others stay within their share"
    assert noisy.p99(*OTHERS) <= 1.2 * quiet.p99(*OTHERS)
