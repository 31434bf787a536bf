"""One simulated world: an installation, its clients and what goes wrong, all of it from one seed.

First things happen, step by step; then everything is mended and the world must come to rest, with every task ended;
then all that was seen and stored is held against the law.
"""

import asyncio
import gc
import json
import logging
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

from aion.domain.identity import SystemScope
from aion.domain.tasks import Task, TaskState
from tests.simulation.asking import Asker
from tests.simulation.chance import Chance
from tests.simulation.clients import TaskClients
from tests.simulation.clocks import START
from tests.simulation.disk import Commit, empty_disk
from tests.simulation.engine import WAYS
from tests.simulation.faults import Faults
from tests.simulation.history import problems_of_log
from tests.simulation.network import MILD, Network, Weather
from tests.simulation.oracle import Oracle
from tests.simulation.processes import Size, Surroundings
from tests.simulation.schedule_clients import ScheduleClients
from tests.simulation.told import Told
from tests.simulation.virtual_loop import Livelock, Process, VirtualLoop

STEPS = 50
REST_WITHIN = 60.0
"""Virtual seconds after the last fault within which every task must have ended."""

_LOOK = SystemScope("a simulation looks at everything")
_ALL = 100_000


@dataclass
class Outcome:
    """What became of one world. `trace` is a digest of all that was committed, and when."""

    seed: int
    steps: int
    wrong: list[str] = field(default_factory=list)
    trace: str = ""
    tasks: int = 0
    commits: int = 0
    virtual_seconds: float = 0.0
    callbacks: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        problems = "\n".join(f"  - {problem}" for problem in self.wrong[:10])
        return (
            f"seed {self.seed}, {self.steps} steps, {self.virtual_seconds:.1f} virtual seconds, {self.tasks} tasks:\n"
            f"{problems}\n"
            f"replay: AION_SIM_SEED={self.seed} AION_SIM_STEPS={self.steps} "
            "python -m pytest tests/simulation/test_simulation.py -k world_to_replay"
        )


@dataclass(frozen=True)
class Stress:
    """What kind of worlds: how long leases last, how often a step is a fault, which faults and engines there are."""

    lease: tuple[float, float] = (1.5, 3)
    faulty: tuple[float, ...] = (0.0, 0.1, 0.25)
    faults: frozenset[str] = frozenset()
    ways: Mapping[str, float] = field(default_factory=lambda: WAYS)
    weather: Weather | None = None


ANY = Stress()
LATE_WRITES = Stress(
    lease=(0.3, 0.6), faulty=(0.5,), faults=frozenset({"hold_messages"}), ways={"slow": 1}, weather=MILD
)
"""Workers apart lose their leases all the time, and what they wrote before arrives afterwards."""

REPEATED_WRITES = Stress(faulty=(0.0,), weather=Weather(loss=0.1, twice=0.5))
"""Much arrives twice, or is said again because its answer was lost."""


def simulate(seed: int, steps: int = STEPS, stress: Stress = ANY) -> Outcome:
    """Lets one world happen."""
    collecting = gc.isenabled()
    gc.collect(0)  # the world before this one; between two too little happens for it to begin by itself
    gc.disable()
    logging.disable()  # disks fail here, and the store says so each time
    state = random.getstate()
    random.seed(seed)  # workers apart jitter their pauses with it
    world = World(seed, steps, stress)
    try:
        return world.run()
    finally:
        world.end()
        random.setstate(state)
        logging.disable(logging.NOTSET)
        if collecting:
            gc.enable()


class World:
    """Everything that belongs to one seed."""

    def __init__(self, seed: int, steps: int, stress: Stress = ANY) -> None:
        self._stress = stress
        self.outcome = Outcome(seed, steps)
        self._chance = chance = Chance(seed)
        self._loop = VirtualLoop(chance)
        self._trace = sha256()
        self._told, self._oracle = Told(), Oracle()
        self._network = Network(self._loop, chance)
        size = Size(
            slots=chance.one_of((1, 1, 2, 4)),
            lease=timedelta(seconds=chance.between(*stress.lease)),
            max_pending=chance.one_of((6, 40)),
            most_waiting=chance.one_of((16, 50_000)),
            ways=stress.ways,
        )
        around = Surroundings(self._loop, chance, self._network, empty_disk(), self._told, size, self._committed)
        self._faults = Faults(around, stress.faults, stress.weather)
        self._asker = Asker(self._loop, chance, self._network)
        self._tasks = TaskClients(self._asker, self._faults.calm_since)
        self._schedules = ScheduleClients(self._asker)
        self._people = Process("clients")
        self._around = around

    def run(self) -> Outcome:
        """From the first step to the last look."""
        outcome, oracle = self.outcome, self._oracle
        try:
            self._loop.run_until_complete(self._happen())
        except Livelock as livelock:
            oracle.say(str(livelock))
        outcome.wrong += oracle.wrong + self._asker.history.wrong + self._network.defects
        outcome.wrong += [*self._told.defects, *self._told.contradictions, *self._loop.failures]
        outcome.trace = self._trace.hexdigest()
        outcome.tasks, outcome.commits = len(oracle.tasks), oracle.commits
        outcome.virtual_seconds, outcome.callbacks = self._loop.time(), self._loop.callbacks
        outcome.counts = self._told.counts + Counter(self._faults.counts)
        return outcome

    def end(self) -> None:
        """Takes everything down."""
        self._loop.end()
        self._around.disk.close()

    async def _happen(self) -> None:
        chance, loop = self._chance, self._loop
        self._faults.start()
        actions = self._tasks.actions() | self._schedules.actions()
        faulty = chance.one_of(self._stress.faulty)
        pace = chance.one_of((0.02, 0.12, 0.3))
        busy: list[asyncio.Task[None]] = []
        for _ in range(self.outcome.steps):
            await asyncio.sleep(chance.after(pace))
            if chance.happens(faulty):
                self._faults.strike()
            else:
                busy.append(loop.spawn(self._people, chance.weighted(actions)()))
        await asyncio.sleep(chance.between(0, 3))
        self._faults.heal()
        await asyncio.wait(busy)
        for ended in busy:
            ended.result()
        await asyncio.sleep(1)  # what is still under way arrives
        await loop.spawn(self._people, self._schedules.pause_all())
        await self._rest()
        server = self._faults.server
        if server is None:
            raise AssertionError("nobody started the server again")
        await loop.spawn(server.process, self._look())

    async def _rest(self) -> None:
        """Until every task has ended and every fact has left."""
        until = self._loop.time() + REST_WITHIN
        while living := [task for task in self._oracle.tasks.values() if not task.state.ended]:
            if self._loop.time() > until:
                self._oracle.say(f"{len(living)} tasks never ended, one is {living[0]}")
                break
            await asyncio.sleep(0.5)
        await asyncio.sleep(1.5)

    async def _look(self) -> None:
        """Everything that is stored, against everything that was seen."""
        server, oracle, history = self._faults.server, self._oracle, self._asker.history
        if server is None:
            return
        for key, task in history.acknowledged.items():
            if key not in oracle.tasks:
                oracle.say(f"{task.key} was accepted and is lost")
        for task in tuple(oracle.tasks.values()):
            stored = await server.store.get(task.tenant, task.task_id)
            if stored != task:
                oracle.say(f"{task.key} was committed as {task}, stored is {stored}")
            await self._look_at_log(task)
            self._look_at_times(task)
            self._look_at_result(task)
        self._look_at_facts()
        for tenant, schedule_id in self._schedules.made:
            schedule = await server.store.schedules.get(tenant, schedule_id)
            made = [task for task in oracle.tasks.values() if (task.tenant, task.schedule_id) == (tenant, schedule_id)]
            if schedule.fired != len(made):
                oracle.say(f"the schedule {schedule_id} of {tenant} fired {schedule.fired} times, {len(made)} tasks")

    async def _look_at_log(self, task: Task) -> None:
        server, oracle = self._faults.server, self._oracle
        if server is None or not task.state.ended:
            return
        events = list(await server.store.events(task.tenant, task.task_id, 0, _ALL))
        oracle.wrong += problems_of_log(task, events)
        stored = {event.offset: event for event in events}
        for offset, event in self._asker.history.logs.get(task.key, {}).items():
            if stored.get(offset) != event:
                oracle.say(f"a watcher read {event} of {task.key}, stored is {stored.get(offset)}")
        after = self._chance.whole(0, task.last_offset)
        if list(await server.store.events(task.tenant, task.task_id, after, _ALL)) != events[after:]:
            oracle.say(f"the log of {task.key} after {after} is not the end of the whole log")

    def _look_at_times(self, task: Task) -> None:
        """Expire times and cancels are kept while nothing goes wrong."""
        if task.end_time is None or self._around.disk.moved_twice:
            return
        ended, expires = _seconds(task.end_time - START), _seconds(task.expire_time - START)
        lease = 2 * _seconds(self._around.size.lease) + 1
        # What a worker apart has to say may be lost on the way, and come late.
        mine = not task.attempts or task.attempts[-1].owner.startswith("server")
        if mine and ended > expires + 2.5 and self._faults.was_calm(expires - lease, expires + 2.5):
            self._oracle.say(f"{task.key} ended {ended - expires:.2f} s after its expire time")
        asked = self._tasks.cancels.get(task.key)
        if asked is not None and mine and ended > asked + 2 and self._faults.was_calm(asked - lease, asked + 2):
            self._oracle.say(f"{task.key} ended {ended - asked:.2f} s after it was canceled")

    def _look_at_result(self, task: Task) -> None:
        """The result was given by the attempt that ended the task."""
        if task.state is TaskState.OK:
            said = json.loads(task.result_json or "{}")
            meant = {"attempt": task.fence, "task": task.task_id, "tenant": task.tenant}
            if {name: said.get(name) for name in meant} != meant:
                self._oracle.say(f"the result of attempt {task.fence} of {task.key} is {said}")

    def _look_at_facts(self) -> None:
        """Whoever counts tasks by their facts counts each once."""
        facts = Counter((fact.tenant, fact.task_id, fact.name) for fact in self._told.facts.values())
        for task in self._oracle.tasks.values():
            for name in ("task.accepted", "task.ended"):
                if task.state.ended and facts[task.tenant, task.task_id, name] != 1:
                    self._oracle.say(f"{facts[task.tenant, task.task_id, name]} facts say {name} of {task.key}")

    def _committed(self, commit: Commit) -> None:
        self._oracle.committed(commit)
        for task in commit.tasks:
            said = (self._loop.now_us, task.key, task.state, task.fence, task.last_offset)
            self._trace.update(repr(said).encode())


def _seconds(span: timedelta) -> float:
    return span.total_seconds()
