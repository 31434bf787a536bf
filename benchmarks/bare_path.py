"""The bare path: gRPC, a durable accept, WASM in a child process, a durable settle, and nothing that makes it AION.

No authentication, limits, validation, decision, schemas, idempotency, metrics or traces: the difference to AION is what
those cost.
"""

import itertools
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import uvloop
from grpc import aio

from aion.adapters.catalog.latency import RecentLatency
from aion.adapters.catalog.loading import load_catalog
from aion.adapters.clock import SystemClock
from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.module import WasmModule
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import open_store
from aion.domain.identity import SystemScope
from aion.domain.routing import Decision, Privacy, Route
from aion.domain.tasks import Priority, Sla, Task
from aion.domain.writes import Accept, EagerLease, LeaseRef, Settle
from aion.ports.engines import EngineJob
from benchmarks.echo import announce

ROOT = Path(__file__).resolve().parent.parent
ENGINE = "module:redact@1.0.0"
SCOPE = SystemScope("a benchmark")
TIMEOUT = timedelta(seconds=5)


async def main(ready: Path) -> None:
    """Serves until the process is ended."""
    data_dir = Path(os.environ["AION_DATA_DIR"])
    data_dir.mkdir(mode=0o700, exist_ok=True)  # noqa: ASYNC240 - before anything is served
    catalog = load_catalog(ROOT / "config", [ROOT / "modules"], RecentLatency())
    package = next(package for package in catalog.packages() if package.engine == ENGINE)
    module = WasmModule(ENGINE, package.wasm, package.digest, package.memory_bytes, package.fuel)
    async with (
        open_store(f"sqlite:///{data_dir}/bare.db", SystemClock(), ProcessSignals(), "bare") as store,
        WasmEngine({ENGINE: module}, data_dir) as engine,
    ):
        numbers = itertools.count()
        decision = Decision(ENGINE, Route.LOCAL, "bare", "", (), "", datetime.now(UTC))

        async def run(data: bytes, _context: object) -> bytes:
            task = _task(f"t{next(numbers)}", data.decode(), decision)
            accepted = await store.accept("bare", Accept(task, None, EagerLease("bare", TIMEOUT), 10**6))
            result = await engine.run(
                EngineJob("bare", task.task_id, 1, ENGINE, task.input_json, TIMEOUT, b""), lambda _: None
            )
            fence = accepted.task.fence
            await store.settle(SCOPE, Settle(LeaseRef("bare", task.task_id, fence), result))
            return (result.result_json or "").encode()

        class Front(grpc.GenericRpcHandler):
            def service(self, details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes]":
                return grpc.unary_unary_rpc_method_handler(run)

        server = aio.server(options=[("grpc.max_concurrent_streams", 1000), ("grpc.so_reuseport", 0)])
        server.add_generic_rpc_handlers((Front(),))
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        announce(ready, port)
        await server.wait_for_termination()


def _task(task_id: str, text: str, decision: Decision) -> Task:
    now = datetime.now(UTC)
    return Task(
        tenant="bare",
        task_id=task_id,
        principal="bare",
        intent="redact",
        input_json=text,
        priority=Priority.NORMAL,
        sla=Sla(Privacy.LOCAL_ONLY),
        fingerprint=b"",
        decision=decision,
        max_failures=0,
        attempt_timeout=TIMEOUT,
        create_time=now,
        expire_time=now + timedelta(minutes=1),
    )


if __name__ == "__main__":
    uvloop.run(main(Path(sys.argv[sys.argv.index("--ready-file") + 1])))
