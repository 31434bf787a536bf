"""Workers as processes beside a server that runs nothing itself: started, killed, stopped, cut off, counted."""

import asyncio
import os
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from aion.domain.identity import WORKERS_SERVE
from aion.failpoints import ENVIRONMENT
from tests.chaos.client import Client, Recorder, Steps
from tests.chaos.history import SeenTask
from tests.chaos.proxy import Line, line_to
from tests.chaos.server import LEASE_SECONDS, PATIENCE, Place, Server
from tests.chaos.server_process import launch
from tests.e2e.processes import issue_key

SERVER_ALONE = {"AION_WORKER_SLOTS": "0", "AION_WORKER_LISTEN": "127.0.0.1:0"}
BOUND = 4 * LEASE_SECONDS + 60.0
"""Seconds from a task's creation to its end at most: a test holds it for a while, a lease may run out twice."""

_LOOK_EVERY = 0.02


@dataclass
class Crewman:
    """One worker process."""

    name: str
    process: ForkServerProcess
    log: Path

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self.process.pid is not None, "the process was started"
        return self.process.pid

    def signal(self, number: signal.Signals) -> None:
        """Sends it a signal."""
        os.kill(self.pid, number)

    async def until_killed(self) -> None:
        """Waits for its end, which must be by SIGKILL."""
        await until(lambda: not self.process.is_alive(), f"{self.name} dies: {self.said()[-2000:]}")
        assert self.process.exitcode == -signal.SIGKILL, self.said()[-4000:]

    def said(self) -> str:
        """Everything that it logged."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def times(self, words: str) -> int:
        """How often it said something."""
        return self.said().count(words)

    async def until_it_said(self, words: str, times: int = 1) -> None:
        """Waits for words in its log."""
        await until(lambda: self.times(words) >= times, f"{self.name} says {words!r}: {self.said()[-2000:]}")

    async def stop(self) -> None:
        """Asks it to end and waits; one that does not end well is a failure."""
        if self.process.is_alive():
            self.process.terminate()
        await asyncio.to_thread(self.process.join, PATIENCE)
        assert self.process.exitcode == 0, self.said()[-4000:]

    def destroy(self) -> None:
        """Whatever state it is in, it is gone afterwards."""
        if self.process.is_alive():
            self.process.kill()
        self.process.join()


@dataclass
class Crew:
    """A server that runs nothing itself, a line to it, and its workers."""

    place: Place
    server: Server
    line: Line
    recorder: Recorder = field(default_factory=Recorder)
    men: list[Crewman] = field(default_factory=list)
    held: list[str] = field(default_factory=list)

    async def hire(
        self, name: str, *, through_line: bool = True, slots: int = 4, failpoints: str = "", **settings: str
    ) -> Crewman:
        """A worker that has registered; through the line, or directly."""
        held = f"host.guest_yields=pause:{self.place.gate}"
        _, key = issue_key(self.place.root / "data", "operators", name, frozenset({WORKERS_SERVE}))
        clean = {variable: value for variable, value in os.environ.items() if not variable.startswith("AION_")}
        environment = clean | {
            "AION_DATA_DIR": str(self.place.root / "workers"),
            "AION_MODULES_DIR": str(self.place.root / "modules"),
            "AION_ENGINE_HOSTS": "1",
            "AION_WORKER_SLOTS": str(slots),
            "AION_WORKER_NAME": name,
            "AION_WORKER_API_KEY": key,
            "AION_WORKER_HTTP_LISTEN": "127.0.0.1:0",
            "AION_LOG_FORMAT": "json",
            ENVIRONMENT: ",".join(filter(None, (held, failpoints))),
            **settings,
        }
        address = self.line.address if through_line else self.server.worker_address
        man = Crewman(name, launch(["worker", "--server", address], environment, log := self._log(name)), log)
        self.men.append(man)
        await man.until_it_said("registered")
        return man

    async def restart(self, number: signal.Signals) -> None:
        """Ends the server with a signal and starts another on the same data; workers find it at the end of the line."""
        self.server.signal(number)
        await until(lambda: not self.server.alive, "the server has ended")
        await self.revive()

    async def revive(self, failpoints: str = "") -> None:
        """Another server on the data of one that has ended. Raises Died."""
        self.server.destroy()
        self.server = Server.launch(self.place, failpoints)
        await self.server.wait_until_ready()
        self.line.target = self.server.worker_address

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        """A client of the server as it is now."""
        async with Client.connect(self.recorder, self.server) as client:
            yield client

    async def hold(self, client: Client, count: int) -> list[str]:
        """Tasks that have spoken and are held at the gate; their ids."""
        calls = [await client.submit(self.recorder.new_key(Steps(3, held=True))) for _ in range(count)]
        ids = [call.task.task_id for call in calls if call.task is not None]
        assert len(ids) == count
        await asyncio.gather(*(client.watch(task_id, until="TOKEN") for task_id in ids))
        return ids

    async def ended(self, client: Client, task_id: str) -> SeenTask:
        """The task once it has ended."""
        call = await client.watch(task_id)
        assert call.task is not None, call
        return call.task

    def leased(self) -> set[str]:
        """The tasks that somebody holds a lease of."""
        # Read-only, from this process: the store belongs to the server's.
        with closing(sqlite3.connect(f"file:{self.place.database}?mode=ro", uri=True)) as database:
            rows = database.execute("SELECT task_id FROM tasks WHERE lease_owner IS NOT NULL").fetchall()
        return {task_id for (task_id,) in rows}

    def _log(self, name: str) -> Path:
        return self.place.root / f"{name}.log"


@asynccontextmanager
async def crew(root: Path, **settings: str) -> AsyncIterator[Crew]:
    """A server that runs nothing itself, while the block runs; whatever happened, all are gone afterwards."""
    place = Place(root, settings={**SERVER_ALONE, **settings})
    server = await Server.start(place)
    async with line_to(server.worker_address) as line:
        crew = Crew(place, server, line)
        try:
            yield crew
        finally:
            for man in crew.men:
                man.destroy()
            crew.server.destroy()


async def until(condition: Callable[[], object], what: str) -> None:
    """Waits for what must happen soon."""
    give_up = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > give_up:
            raise AssertionError(f"in {PATIENCE:.0f} s: {what}")
        await asyncio.sleep(_LOOK_EVERY)
