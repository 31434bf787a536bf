"""A server as an operator starts it, in a process that can be killed, stopped and continued."""

import asyncio
import json
import os
import resource
import signal
import time
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from shutil import copytree

import wasmtime

from aion.failpoints import ENVIRONMENT
from tests.chaos.server_process import launch
from tests.host_processes import hosts_of

LEASE_SECONDS = 2.0
PATIENCE = 60.0
"""Seconds after which something that must happen has not; generous, since it only delays a failure."""

_MODULE = Path(__file__).parent / "module"
_LOOK_EVERY = 0.02


class Died(Exception):
    """The server ended before it was ready."""


@dataclass
class Place:
    """What outlives a server: its data, its modules, its log, and the gate at which guests may be held."""

    root: Path
    starts: int = 0
    kills: int = 0
    settings: dict[str, str] = field(default_factory=dict)
    log: Path = Path()
    """What all servers of this place wrote."""

    def __post_init__(self) -> None:
        self.log = self.root / "server.log"
        modules = self.root / "modules" / "takes_steps"
        copytree(_MODULE, modules)
        (modules / "takes_steps.wasm").write_bytes(wasmtime.wat2wasm((_MODULE / "takes_steps.wat").read_text()))

    @property
    def gate(self) -> Path:
        """While it is not there, guests that ask to be held are."""
        return self.root / "gate"

    @property
    def database(self) -> Path:
        """The store's file."""
        return self.root / "data" / "aion.db"

    def forget_compiled(self) -> None:
        """The next life compiles its modules anew."""
        for path in (self.root / "data" / "modules-cache").glob("*.cwasm"):
            path.unlink()

    def environment(self, failpoints: str) -> dict[str, str]:
        """A clean environment with short leases and the failpoints of one life."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AION_")}
        held = f"host.guest_yields=pause:{self.gate}"
        return clean | {
            "AION_DATA_DIR": str(self.root / "data"),
            "AION_MODULES_DIR": str(self.root / "modules"),
            "AION_GRPC_LISTEN": "127.0.0.1:0",
            "AION_HTTP_LISTEN": "127.0.0.1:0",
            "AION_ENGINE_HOSTS": "1",
            "AION_WORKER_SLOTS": "8",
            "AION_LEASE": f"{LEASE_SECONDS:.0f}s",
            "AION_LOG_LEVEL": "debug",
            "AION_LOG_FORMAT": "json",
            ENVIRONMENT: ",".join(filter(None, (held, failpoints))),
            **self.settings,
        }


@dataclass
class Server:
    """One life of a server."""

    place: Place
    process: ForkServerProcess
    address: str = ""
    url: str = ""
    worker_address: str = ""
    api_key: str = ""
    ready_at: float = 0.0

    @classmethod
    def launch(cls, place: Place, failpoints: str = "") -> "Server":
        """Starts the process; `wait_until_ready` follows."""
        place.starts += 1
        arguments = ["dev", "--ready-file", str(_ready_file(place))]
        process = launch(arguments, place.environment(failpoints), place.log)
        return cls(place, process)

    @classmethod
    async def start(cls, place: Place, failpoints: str = "") -> "Server":
        """A server that is ready. Raises Died."""
        server = cls.launch(place, failpoints)
        await server.wait_until_ready()
        return server

    async def wait_until_ready(self) -> None:
        """Learns where it listens. Raises Died."""
        ready = _ready_file(self.place)
        give_up = time.monotonic() + PATIENCE
        while not ready.exists():
            if not self.alive:
                raise Died(f"exit status {self.process.exitcode}")
            if time.monotonic() > give_up:
                self.destroy()
                raise AssertionError(f"the server was not ready after {PATIENCE} s; see {self.place.log}")
            await asyncio.sleep(_LOOK_EVERY)
        facts = json.loads(ready.read_text())
        self.address, self.url = facts["grpc"], f"http://{facts['http']}"
        self.worker_address, self.api_key = facts.get("workers", ""), facts["api_key"]
        self.ready_at = time.time()

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self.process.pid is not None, "the process was started"
        return self.process.pid

    @property
    def alive(self) -> bool:
        """Whether the process has not ended."""
        return self.process.is_alive()

    async def wait_until_killed(self) -> None:
        """Waits for the end, which must be by SIGKILL."""
        give_up = time.monotonic() + PATIENCE
        while self.alive:
            if time.monotonic() > give_up:
                self.destroy()
                raise AssertionError("the failpoint was not reached: " + self.place.log.read_text()[-2000:])
            await asyncio.sleep(_LOOK_EVERY)
        self.must_have_been_killed()

    def must_have_been_killed(self) -> None:
        """Counts a kill; anything else is a crash of AION itself."""
        assert self.process.exitcode == -signal.SIGKILL, self.place.log.read_text()[-4000:]
        self.place.kills += 1

    def signal(self, number: signal.Signals) -> None:
        """Sends the server process a signal."""
        os.kill(self.pid, number)

    def may_write(self, size: int) -> None:
        """From now on the kernel lets no file of the server's grow beyond this size: zero is a disk that is full."""
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def hosts(self) -> list[int]:
        """The process ids of its WASM hosts."""
        return hosts_of(self.pid)

    async def stop(self) -> None:
        """Asks it to end and waits; one that does not end is a failure."""
        if self.alive:
            self.process.terminate()
        await asyncio.to_thread(self.process.join, PATIENCE)
        assert self.process.exitcode == 0, self.place.log.read_text()[-4000:]

    def destroy(self) -> None:
        """Whatever state it is in, it is gone afterwards."""
        if self.alive:
            self.process.kill()
        self.process.join()


def _ready_file(place: Place) -> Path:
    return place.root / f"ready-{place.starts}.json"
