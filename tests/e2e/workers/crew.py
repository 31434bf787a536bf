"""Workers as processes beside a server that runs nothing itself: started, killed, stopped, cut off, counted."""

import asyncio
import os
import re
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from aion.domain.identity import WORKERS_SERVE
from aion.failpoints import ENVIRONMENT
from tests.e2e.crash.client import Client, Recorder, Steps
from tests.e2e.crash.history import SeenTask
from tests.e2e.crash.server import LEASE_SECONDS, PATIENCE, Place, Server
from tests.e2e.crash.server_process import launch
from tests.e2e.processes import issue_key
from tests.e2e.workers.proxy import Line, line_to

SERVER_ALONE = {"AION_WORKER_SLOTS": "0", "AION_WORKER_LISTEN": "127.0.0.1:0"}
BOUND = 4 * LEASE_SECONDS + 20.0
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

    async def hire(self, name: str, *, through_line: bool = True, slots: int = 4, **settings: str) -> Crewman:
        """A worker that has registered; through the line, or directly."""
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
            ENVIRONMENT: f"host.guest_yields=pause:{self.place.gate}",
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
        self.server.destroy()
        self.server = await Server.start(self.place)
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

    async def runs_at(self) -> dict[str, str]:
        """Which worker holds which task, by the owner of its lease."""
        return await asyncio.to_thread(_owners, self.place.database)

    def _log(self, name: str) -> Path:
        return self.place.root / f"{name}.log"


def _owners(database: Path) -> dict[str, str]:
    import sqlite3

    # Read-only, from this process: the store belongs to the server's.
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        rows = connection.execute("SELECT task_id, lease_owner FROM tasks WHERE lease_owner IS NOT NULL").fetchall()
    finally:
        connection.close()
    return {task_id: re.split("[:/]", owner)[3] for task_id, owner in rows}


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
