"""Servers and commands as processes: what an operator starts, with an environment of its own."""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from typer.testing import CliRunner

from aion.app.composition.offline import key_desk
from aion.app.main import app
from aion.app.settings import Settings
from aion.domain.identity import ALL_SCOPES
from tests.e2e import compiled_once

AION = str(Path(sys.executable).with_name("aion"))
PATIENCE = 60.0
"""Seconds after which something that must happen has not: generous, since it only delays a failure."""

Found = TypeVar("Found")


def environment(data: Path, **settings: str) -> dict[str, str]:
    """The environment of a command: nothing of ours but what is given; ports chosen by the system."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AION_")}
    # Who starts so many must not compile its own source each time.
    clean.pop("PYTHONDONTWRITEBYTECODE", None)
    return clean | {
        "AION_DATA_DIR": str(data),
        "AION_GRPC_LISTEN": "127.0.0.1:0",
        "AION_HTTP_LISTEN": "127.0.0.1:0",
        "AION_ENGINE_HOSTS": "1",
        # What a test left running is not worth the wait of all who come after it.
        "AION_DRAIN": "1s",
        "AION_LOG_LEVEL": "warning",
        "AION_WEBHOOK_ALLOW": "127.0.0.1",
        "COLUMNS": "200",
        **settings,
    }


@dataclass(frozen=True, slots=True)
class Said:
    """What a command wrote, and its exit code."""

    code: int
    stdout: str
    stderr: str


def command(data: Path, *arguments: str, **settings: str) -> Said:
    """Runs `aion ARGUMENTS` to its end in this process, which spares starting an interpreter for each."""
    given = environment(data, **settings)
    forgotten = {name: None for name in os.environ if name.startswith("AION_") and name not in given}
    result = CliRunner().invoke(app, arguments, env={**given, **forgotten})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Said(result.exit_code, result.stdout, result.stderr)


def process(data: Path, *arguments: str, **settings: str) -> Said:
    """Runs `aion ARGUMENTS` to its end in a process of its own."""
    ended = subprocess.run(
        [AION, *arguments],
        env=environment(data, **settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Said(ended.returncode, ended.stdout, ended.stderr)


def until(look: Callable[[], Found | None], what: str) -> Found:
    """What `look` finds, as soon as it finds something."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"in {PATIENCE:.0f} s: {what}")


@dataclass(frozen=True, slots=True)
class Running:
    """A server that is ready."""

    grpc: str
    http: str
    data: Path
    process: "subprocess.Popen[bytes]"
    workers: str = ""

    @property
    def url(self) -> str:
        """Where REST is."""
        return f"http://{self.http}"

    def key(self, tenant: str, principal: str = "tester", scopes: frozenset[str] = ALL_SCOPES) -> str:
        """A new API key, as `aion keys create` makes it while the server runs."""
        return issue_key(self.data, tenant, principal, scopes)[1]


def issue_key(data: Path, tenant: str, principal: str, scopes: frozenset[str] = ALL_SCOPES) -> tuple[str, str]:
    """Id and text of a new API key of a data directory."""
    with key_desk(Settings(data_dir=data)) as desk:
        key, text = desk.issue(tenant, principal, scopes, None)
    return key.key_id, text


def new_tenant() -> str:
    """A tenant that nobody else uses."""
    return f"t-{uuid4().hex[:12]}"


@contextlib.contextmanager
def running(folder: Path, config: Path, modules: Path, **settings: str) -> Iterator[Running]:
    """`aion dev` in `folder/data` while the block runs."""
    data, ready = folder / "data", folder / f"ready-{uuid4().hex[:8]}.json"
    places = {"AION_CONFIG_DIR": str(config), "AION_MODULES_DIR": str(modules)}
    compiled_once.lend_to(data)
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [AION, "dev", "--ready-file", str(ready)],
            env=environment(data, **places, **settings),
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        until(lambda: ready.exists() or process.poll() is not None, "the server is ready or has ended")
        if process.poll() is not None:
            raise AssertionError((folder / "server.log").read_text()[-2000:])
        compiled_once.keep_from(data)
        facts = json.loads(ready.read_text())
        yield Running(facts["grpc"], facts["http"], data, process, facts.get("workers", ""))
    finally:
        _stop(process)


_WORKERS = re.compile(r"serving workers on (\S+)")
_ADDRESSES = re.compile(r"serving gRPC on (\S+) and HTTP on (\S+)")


@contextlib.contextmanager
def serving(folder: Path, config: Path, modules: Path, **settings: str) -> Iterator[Running]:
    """`aion serve` in `folder/data` while the block runs, as an operator starts it."""
    data, log = folder / "data", folder / f"serve-{uuid4().hex[:8]}.log"
    places = {"AION_CONFIG_DIR": str(config), "AION_MODULES_DIR": str(modules)}
    compiled_once.lend_to(data)
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [AION, "serve"], env=environment(data, **places, **settings), stdout=subprocess.DEVNULL, stderr=errors
        )
    try:
        until(
            lambda: _ADDRESSES.search(log.read_text()) or process.poll() is not None, "the server is ready or has ended"
        )
        said = _ADDRESSES.search(log.read_text())
        if said is None:
            raise AssertionError(log.read_text()[-2000:])
        compiled_once.keep_from(data)
        workers = _WORKERS.search(log.read_text())
        yield Running(said.group(1), said.group(2), data, process, workers.group(1) if workers else "")
    finally:
        _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
