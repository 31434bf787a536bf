"""A server under attack: how it feels, and how those fare who mean no harm."""

import asyncio
import json
import ssl
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import grpc
import httpx2
from grpc_health.v1 import health_pb2

from aion.v1 import tasks_pb2
from tests.abuse.attack import Tally, Target
from tests.e2e.callers import Caller, task_request
from tests.e2e.faces import BY_NAME
from tests.e2e.patience import eventually
from tests.e2e.processes import PATIENCE, Running

REPOSITORY = Path(__file__).resolve().parents[2]
MIB = 1 << 20


@dataclass(slots=True)
class Innocents:
    """What became of the calls of those who mean no harm."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def p99(self) -> float:
        """The time that 99 of 100 calls did not take longer than; 0 without calls."""
        ordered = sorted(self.seconds)
        return ordered[int(len(ordered) * 0.99)] if ordered else 0.0


@dataclass(frozen=True, slots=True)
class Vitals:
    """What a process holds."""

    resident: int
    peak: int
    files: int


@dataclass(frozen=True, slots=True)
class Victim:
    """A server, a caller of it whose task is done, and an attacker's key. `authority` signed its certificate."""

    server: Running
    caller: Caller
    task: str
    key: str
    authority: bytes = b""

    def target(self, port: str) -> Target:
        """Where to attack: `grpc` or `http`."""
        host, _, number = (self.server.grpc if port == "grpc" else self.server.http).rpartition(":")
        return Target(host, int(number), self.key, self.task)

    def vitals(self) -> Vitals:
        """What the server holds now."""
        process = Path(f"/proc/{self.server.process.pid}")
        status = dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines() if ":\t" in line)
        resident, peak = (int(status[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))
        return Vitals(resident, peak, sum(1 for _ in (process / "fd").iterdir()))

    def forget_the_peak(self) -> None:
        """From now on the peak is what the server holds at most from now on (proc(5), clear_refs)."""
        Path(f"/proc/{self.server.process.pid}/clear_refs").write_text("5")

    async def is_well(self) -> None:
        """Raises AssertionError unless the server says that it is ready, on both ports."""
        assert self.server.process.poll() is None, "the server has died"
        assert (await self.caller.rest.client.get("/readyz")).status_code == 200
        check = self.caller.grpc.channel.unary_unary("/grpc.health.v1.Health/Check")
        answer = health_pb2.HealthCheckResponse.FromString(await check(b"", timeout=PATIENCE))
        assert answer.status == health_pb2.HealthCheckResponse.SERVING

    async def recovers(self, files: int) -> None:
        """Waits until it has no more files open than so many and a few: every connection of an attack is gone."""

        async def gone() -> bool:
            return self.vitals().files <= files + 4

        await eventually(gone, f"of {self.vitals().files} open files {files} are left")


@asynccontextmanager
async def innocents(victim: Victim, between: float) -> AsyncIterator[Innocents]:
    """Calls over both transports while the block runs, `between` seconds apart each: tasks, reads, new connections."""
    told = Innocents()
    over = asyncio.Event()

    async def calls(name: str, call: Callable[[], Awaitable[object]]) -> None:
        due = time.monotonic()
        while not over.is_set():
            try:
                await call()
            except Exception as error:  # noqa: BLE001 # whatever it is, the call has failed
                told.failures.append(f"{name}: {error!r}")
            told.seconds.append(time.monotonic() - due)
            due = max(due + between, time.monotonic() - between)
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    grpc_face, rest = victim.caller.grpc, victim.caller.rest
    trust = ssl.create_default_context(cadata=victim.authority.decode()) if victim.authority else False
    read = tasks_pb2.TaskId(task_id=victim.task)

    async def submit() -> None:
        assert (await grpc_face.unary(BY_NAME["Submit"], task_request(wait=30)))["status"] == "OK"

    async def newcomer() -> None:
        # Connections are what some attacks take: somebody must still get a new one.
        async with _channel(victim) as channel:
            await channel.unary_unary(BY_NAME["StatusById"].path)(
                read.SerializeToString(), metadata=tuple(grpc_face.headers.items()), timeout=PATIENCE
            )
        async with httpx2.AsyncClient(base_url=rest.client.base_url, timeout=PATIENCE, verify=trust) as client:
            assert (await client.get("/livez")).status_code == 200

    running = [
        asyncio.create_task(calls("submit over gRPC", submit)),
        asyncio.create_task(calls("read over gRPC", lambda: grpc_face.unary(BY_NAME["StatusById"], read))),
        asyncio.create_task(calls("read over REST", lambda: rest.unary(BY_NAME["StatusById"], read))),
        asyncio.create_task(calls("a newcomer", newcomer)),
    ]
    try:
        yield told
    finally:
        over.set()
        await asyncio.gather(*running)


def _channel(victim: Victim) -> grpc.aio.Channel:
    """A connection that nobody else has."""
    options = [("grpc.use_local_subchannel_pool", 1)]
    if not victim.authority:
        return grpc.aio.insecure_channel(victim.server.grpc, options=options)
    credentials = grpc.ssl_channel_credentials(victim.authority)
    return grpc.aio.secure_channel(victim.server.grpc, credentials, options=options)


@dataclass(frozen=True, slots=True)
class Order:
    """An attack by its family and name, and the port that it is for."""

    family: str
    port: str
    name: str


@asynccontextmanager
async def attacked(orders: Sequence[Order], victim: Victim) -> AsyncIterator[list[Tally]]:
    """Attacks while the block runs; the tallies are there when it is over."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.abuse.attacker",
        cwd=REPOSITORY,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    tallies: list[Tally] = []
    try:
        said = [{"family": one.family, "attack": one.name, "target": asdict(victim.target(one.port))} for one in orders]
        process.stdin.write(json.dumps(said).encode() + b"\n")
        assert await process.stdout.readline() == b"under way\n"
        yield tallies
        process.stdin.close()
        tallies += [Tally(**tally) for tally in json.loads(await process.stdout.read())]
    finally:
        if process.returncode is None:
            process.stdin.close()
            if await _ended(process) is None:
                process.kill()
                await process.wait()


async def _ended(process: asyncio.subprocess.Process) -> int | None:
    try:
        return await asyncio.wait_for(process.wait(), PATIENCE)
    except TimeoutError:
        return None
