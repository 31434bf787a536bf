"""The servers that are measured, each a process of its own: a bare echo, the bare path, and AION with everything on."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

START_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Served:
    """Where a server listens, the key it takes (AION only), and its process id."""

    grpc: str
    http: str
    api_key: str
    pid: int


@contextlib.contextmanager
def served(*command: str, **environment: str) -> Iterator[Served]:
    """Runs `command --ready-file FILE` until the block ends."""
    with tempfile.TemporaryDirectory(prefix="aion-bench-") as folder:
        ready = Path(folder, "ready.json")
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AION_")}
        process = subprocess.Popen(
            [*command, "--ready-file", str(ready)],
            env=clean | {"AION_DATA_DIR": str(Path(folder, "data"))} | environment,
            stdout=subprocess.DEVNULL,
        )
        try:
            yield _wait(process, ready)
        finally:
            process.terminate()
            process.wait(30)


def echo() -> contextlib.AbstractContextManager[Served]:
    """grpc.aio that answers with what it got: the floor."""
    return served(sys.executable, "-m", "benchmarks.echo")


def bare_path() -> contextlib.AbstractContextManager[Served]:
    """gRPC, group commit and WASM in a child process, and nothing that makes it AION."""
    return served(sys.executable, "-m", "benchmarks.bare_path")


def aion() -> contextlib.AbstractContextManager[Served]:
    """AION as `aion dev` starts it: authentication, limits, decision, events, outbox, metrics, housekeeping."""
    return served(
        str(Path(sys.executable).with_name("aion")),
        "dev",
        AION_GRPC_LISTEN="127.0.0.1:0",
        AION_HTTP_LISTEN="127.0.0.1:0",
        AION_LOG_LEVEL="warning",
        AION_RATE_PER_KEY="off",
    )


def _wait(process: "subprocess.Popen[bytes]", ready: Path) -> Served:
    until = time.monotonic() + START_TIMEOUT
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{process.args!r} did not become ready (exit code {process.poll()})")
        time.sleep(0.05)
    facts = json.loads(ready.read_text())
    return Served(facts["grpc"], facts.get("http", ""), facts.get("api_key", ""), process.pid)
