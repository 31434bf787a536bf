"""The servers that are measured, each a process of its own: a bare echo, the bare path, and AION with everything on."""

import atexit
import contextlib
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

START_TIMEOUT = 120.0
COMPILED = ("modules-cache.key", "modules-cache")
"""Where a data directory has its compiled modules, the key first."""

AION = str(Path(sys.executable).with_name("aion"))
SETTINGS = {
    "AION_GRPC_LISTEN": "127.0.0.1:0",
    "AION_HTTP_LISTEN": "127.0.0.1:0",
    "AION_LOG_LEVEL": "warning",
    "AION_RATE_PER_KEY": "off",
}
"""Ports that are free, and no rate: the only caller is the benchmark."""


@dataclass(frozen=True, slots=True)
class Served:
    """Where a server listens, the key it takes (AION only), its process id, and where it keeps its data."""

    grpc: str
    http: str
    api_key: str
    pid: int
    data: Path = Path()


@contextlib.contextmanager
def served(*command: str, **environment: str) -> Iterator[Served]:
    """Runs `command --ready-file FILE` until the block ends."""
    with tempfile.TemporaryDirectory(prefix="aion-bench-") as folder:
        ready = Path(folder, "ready.json")
        data, said = Path(environment.get("AION_DATA_DIR", Path(folder, "data"))), Path(folder, "said")
        _copy_compiled(_kept(), data)
        with said.open("wb") as words:
            process = subprocess.Popen(
                [*command, "--ready-file", str(ready)],
                env=clean_environment() | {"AION_DATA_DIR": str(data)} | environment,
                stdout=subprocess.DEVNULL,
                stderr=words,
            )
        try:
            yield _wait(process, ready, data, said)
        finally:
            process.terminate()
            process.wait(30)
            _copy_compiled(data, _kept())


def echo() -> contextlib.AbstractContextManager[Served]:
    """grpc.aio that answers with what it got: the floor."""
    return served(sys.executable, "-m", "benchmarks.echo")


def bare_path() -> contextlib.AbstractContextManager[Served]:
    """gRPC, group commit and WASM in a child process, and nothing that makes it AION."""
    return served(sys.executable, "-m", "benchmarks.bare_path")


def aion(niceness: int = 0, **settings: str) -> contextlib.AbstractContextManager[Served]:
    """AION as `aion dev` starts it: authentication, limits, decision, events, outbox, metrics, housekeeping.

    `settings` are further ones by their variables. A niceness leaves the processors to its clients first, as if these
    had some of their own.
    """
    yielding = ("nice", "-n", str(niceness)) if niceness else ()
    return served(*yielding, AION, "dev", **(SETTINGS | settings))


def clean_environment() -> dict[str, str]:
    """This process's environment without settings of AION."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AION_")}


@functools.cache
def _kept() -> Path:
    """Where compiled modules are kept for the next server of this run: only the first one compiles them."""
    folder = tempfile.mkdtemp(prefix="aion-bench-")
    atexit.register(shutil.rmtree, folder)
    return Path(folder)


def _copy_compiled(source: Path, target: Path) -> None:
    """Copies compiled modules with the key that vouches for them, if there are any."""
    for name in COMPILED:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, dirs_exist_ok=True)
        elif (source / name).exists():
            target.mkdir(mode=0o700, exist_ok=True)
            shutil.copy2(source / name, target / name)


def _wait(process: "subprocess.Popen[bytes]", ready: Path, data: Path, said: Path) -> Served:
    until = time.monotonic() + START_TIMEOUT
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > until:
            last_words = said.read_text()[-2000:]
            raise RuntimeError(f"{process.args!r} did not become ready (exit code {process.poll()}): {last_words}")
        time.sleep(0.05)
    facts = json.loads(ready.read_text())
    return Served(facts["grpc"], facts.get("http", ""), facts.get("api_key", ""), process.pid, data)
