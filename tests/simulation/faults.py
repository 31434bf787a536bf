"""What goes wrong in a simulated world, drawn from the seed: processes die and stand still, disks and clocks fail."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from aion.domain.errors import Unavailable
from tests.simulation.asking import TENANTS
from tests.simulation.engine import ScriptedEngine
from tests.simulation.network import CALM, MILD, ROUGH, Weather
from tests.simulation.processes import Server, Surroundings, WorkerApart


@dataclass
class Faults:
    """Breaks things and mends them, `only` in these ways if there are any.

    `times` says when the world was disturbed, as seconds from and to.
    """

    around: Surroundings
    only: frozenset[str] = frozenset()
    weather: Weather | None = None
    times: list[tuple[float, float]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    server: Server | None = None
    workers: dict[str, WorkerApart] = field(default_factory=dict)
    healed: bool = False
    _incarnations: int = 0

    def start(self) -> None:
        """The first processes: the worse the network, the more goes over it."""
        chance = self.around.chance
        rough = self.weather is not None or chance.happens(0.35)
        self.around.network.weather = self.weather or (ROUGH if rough else MILD)
        self.start_server()
        for number in range(2 if rough else chance.whole(0, 2)):
            self.start_worker(f"far-{number}")

    def calm_since(self) -> float:
        """When the last disturbance ended, or will end."""
        return max((until for _, until in self.times), default=0.0)

    def was_calm(self, begin: float, end: float) -> bool:
        """Whether nothing went wrong between two moments."""
        return not any(since < end and until > begin for since, until in self.times)

    def strike(self) -> None:
        """One fault, any."""
        ways: dict[Callable[[], None], float] = {
            self.kill_server: 4,
            self.stop_server: 2,
            self.kill_worker: 3,
            self.stop_worker: 2,
            self.cut_off: 3,
            self.hold_messages: 3,
            self.fill_disk: 2,
            self.forget_commit: 2,
            self.slow_disk: 1,
            self.set_clock: 3,
        }
        ways = {way: often for way, often in ways.items() if not self.only or way.__name__ in self.only}
        way = self.around.chance.weighted(ways)
        self.counts[way.__name__] = self.counts.get(way.__name__, 0) + 1
        way()

    def heal(self) -> None:
        """From now on nothing goes wrong."""
        self.healed = True
        network, disk = self.around.network, self.around.disk
        network.cut_off.clear()
        network.held.clear()
        network.weather = CALM
        disk.full, disk.slow, disk.unknown_commits = False, 0.0, 0
        if self.server is not None:
            self.server.clock.ahead = timedelta()
            self.around.loop.continue_process(self.server.process)
        for worker in self.workers.values():
            self.around.loop.continue_process(worker.process)
        self._disturbed(0.0)

    def start_server(self) -> None:
        self._incarnations += 1
        server = Server(self.around, self._incarnations, ScriptedEngine(self.around.chance, self.around.size.ways))
        self.server = server
        self.around.loop.spawn(server.process, server.start(), lambda start: self._started(server, start))

    def _started(self, server: Server, start: "asyncio.Task[None]") -> None:
        """A server whose store cannot be opened ends, and whoever watches it starts it again."""
        if (error := start.exception()) is None:
            return
        if not isinstance(error, Unavailable):
            raise error
        if self.server is server:
            self.kill_server()

    def start_worker(self, name: str) -> None:
        self._incarnations += 1
        worker = WorkerApart(
            self.around, name, self._incarnations, ScriptedEngine(self.around.chance, self.around.size.ways)
        )
        self.workers[name] = worker
        self.around.loop.spawn(worker.process, worker.start())

    def kill_server(self) -> None:
        if self.server is None:
            return
        server, self.server = self.server, None
        self.around.loop.kill_process(server.process)
        self.around.network.lost_server()
        self._later(self.around.chance.between(0.05, 2), self.start_server)

    def stop_server(self) -> None:
        """It stands still, as a machine that is paused, and goes on as if nothing had been."""
        if (server := self.server) is None:
            return
        self.around.loop.stop_process(server.process)
        self._later(self._a_while(), lambda: self.around.loop.continue_process(server.process))

    def kill_worker(self) -> None:
        if (worker := self._worker()) is None:
            return
        self.around.loop.kill_process(worker.process)
        del self.workers[worker.name]
        self._later(self.around.chance.between(0.05, 3), lambda: self.start_worker(worker.name))

    def stop_worker(self) -> None:
        if (worker := self._worker()) is None:
            return
        self.around.loop.stop_process(worker.process)
        self._later(self._a_while(), lambda: self.around.loop.continue_process(worker.process))

    def cut_off(self) -> None:
        """Somebody reaches nobody and hears nothing of it."""
        who = self.around.chance.one_of((*TENANTS, *self.workers, *self.workers))
        self.around.network.cut_off.add(who)
        self._later(self._a_while(), lambda: self.around.network.cut_off.discard(who))

    def hold_messages(self) -> None:
        """What somebody sends stands still for a while, and then arrives all at once."""
        who, seconds = self.around.chance.one_of((*TENANTS, *self.workers, *self.workers)), self._a_while()
        self.around.network.held[who] = self.around.loop.time() + seconds
        self._disturbed(seconds)

    def fill_disk(self) -> None:
        disk = self.around.disk
        disk.full = True
        self._later(self.around.chance.between(0.02, 1.5), lambda: setattr(disk, "full", False))

    def forget_commit(self) -> None:
        """The next commits fail, and nobody knows whether they are written."""
        disk, chance = self.around.disk, self.around.chance
        disk.unknown_commits = chance.whole(1, 2)
        disk.unknown_are_written = chance.happens(0.6)
        self._later(1.0, lambda: setattr(disk, "unknown_commits", 0))

    def slow_disk(self) -> None:
        disk = self.around.disk
        disk.slow = self.around.chance.between(0.02, 0.3)
        self._later(1.0, lambda: setattr(disk, "slow", 0.0))

    def set_clock(self) -> None:
        """The time of day of one machine jumps."""
        machines = [machine for machine in (self.server, *self.workers.values()) if machine is not None]
        if machines:
            machine = self.around.chance.one_of(machines)
            machine.clock.ahead = timedelta(seconds=self.around.chance.between(-8, 8))
            self._later(self.around.chance.between(0.5, 6), lambda: setattr(machine.clock, "ahead", timedelta()))

    def _worker(self) -> WorkerApart | None:
        return self.around.chance.one_of(tuple(self.workers.values())) if self.workers else None

    def _a_while(self) -> float:
        return self.around.chance.between(0.1, 2.5 * self.around.size.lease.total_seconds())

    def _later(self, seconds: float, mend: Callable[[], None]) -> None:
        self._disturbed(seconds)
        self.around.loop.later_outside(seconds, mend)

    def _disturbed(self, seconds: float) -> None:
        now = self.around.loop.time()
        self.times.append((now, now + seconds))
