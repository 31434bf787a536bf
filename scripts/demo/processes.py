"""AION's own processes, as an operator starts them: data under build/, on ports that the system chooses."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aion_sdk import Client
from scripts.demo.places import BIN, DATA, ROOT
from scripts.demo.terminal import check

START_SECONDS = 60.0
STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """Where the demo's server listens, and the key that it made."""

    grpc: str
    http: str
    api_key: str

    def client(self) -> Client:
        """The Python SDK's client."""
        return Client(self.grpc, api_key=self.api_key)


@contextmanager
def running_server(**settings: str) -> Iterator[Server]:
    """`aion dev` while the block runs, with an empty store, nothing installed, and what the run before compiled."""
    for old in DATA.glob("aion.db*"):
        old.unlink()
    (DATA / "dev-api-key").unlink(missing_ok=True)
    shutil.rmtree(DATA / "modules", ignore_errors=True)
    with running("server", "dev", DATA, **settings) as facts:
        yield Server(facts["grpc"], facts["http"], facts["api_key"])


@contextmanager
def running(name: str, command: str, data: Path, *arguments: str, **settings: str) -> Iterator[dict[str, Any]]:
    """`aion COMMAND` while the block runs: what its ready file says."""
    ready_file(data, name).unlink(missing_ok=True)
    with started(name, command, data, *arguments, "--ready-file", str(ready_file(data, name)), **settings) as process:
        yield wait_until_ready(process, data, name)


@contextmanager
def started(
    name: str, command: str, data: Path, *arguments: str, **settings: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """`aion COMMAND` while the block runs, ready or not."""
    data.mkdir(parents=True, exist_ok=True)
    with log_file(data, name).open("wb") as log:
        process = subprocess.Popen(
            [BIN / "aion", command, *arguments],
            env=environment(data) | settings,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def environment(data: Path) -> dict[str, str]:
    """Nothing of the reader's own settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AION_")}
    return clean | {
        "AION_DATA_DIR": str(data),
        "AION_GRPC_LISTEN": "127.0.0.1:0",
        "AION_HTTP_LISTEN": "127.0.0.1:0",
        "AION_CONFIG_DIR": str(ROOT / "examples" / "config"),
        "AION_LOG_LEVEL": "warning",
    }


def wait_until_ready(process: "subprocess.Popen[bytes]", data: Path, name: str) -> dict[str, Any]:
    """What the ready file says, once it is there."""
    until, ready = time.monotonic() + START_SECONDS, ready_file(data, name)
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > until:
            log = log_file(data, name).read_text(errors="replace")
            raise SystemExit(f"demo: the {name} did not start (exit code {process.poll()}):\n{log}")
        time.sleep(0.05)
    facts: dict[str, Any] = json.loads(ready.read_text())
    return facts


def ready_file(data: Path, name: str) -> Path:
    """Where a process says that it is ready."""
    return data / f"{name}.ready.json"


def log_file(data: Path, name: str) -> Path:
    """Where a process writes its log."""
    return data / f"{name}.log"


def run(command: list[str | Path], **settings: str) -> str:
    """What a command that must end well writes."""
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, timeout=120, check=False
    )
    check(done.returncode == 0, f"{command[0]} to end well: {done.stdout[-500:]}{done.stderr[-500:]}")
    return done.stdout
