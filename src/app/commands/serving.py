"""`aion dev` and `aion serve`: run a server until it is told to stop."""

import json
import logging
import os
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from aion import failpoints
from aion.app.background.live_modules import LiveModules
from aion.app.commands.failing import fail, refusals_as_sentences
from aion.app.commands.lazy import without_collecting
from aion.app.commands.stopping import until_told_to_stop
from aion.app.commands.telling import say, tell
from aion.app.composition.offline import DevKey, configure_logs, dev_key
from aion.app.container import RunningServer, running_server
from aion.app.dev_settings import DevSettings
from aion.app.settings import Settings
from aion.app.settings_report import AnySettings, load, unknown_variables
from aion.private_files import write_private

log = logging.getLogger("aion.app")


def serve() -> None:
    """Run the server with the settings of the environment (AION_...). Authentication is never off."""
    with refusals_as_sentences():
        _run(_serve(_prepare(Settings)))


def dev(
    ready_file: Annotated[
        Path | None, typer.Option(help="Write the addresses and the key there as JSON once the server is ready.")
    ] = None,
    module: Annotated[
        list[Path] | None, typer.Option(help="The folder of a module that you work on; may be given several times.")
    ] = None,
) -> None:
    """Run a server for yourself on this machine: loopback only, with a local key that is printed.

    Modules are taken up anew when their files change.
    """
    with refusals_as_sentences():
        developed = tuple(folder.resolve() for folder in module or ())
        settings = _prepare(DevSettings)
        tell("starting; the first time it compiles its modules, which takes some seconds")
        _run(_dev(settings, ready_file, LiveModules(developed, tell)))


def _prepare(kind: type[AnySettings]) -> AnySettings:
    settings = load(kind)
    if problems := unknown_variables():
        fail(problems)
    configure_logs(settings)
    if names := failpoints.names():
        log.warning("this server breaks on purpose: %s is set for %s", failpoints.ENVIRONMENT, ", ".join(names))
    return settings


async def _serve(settings: Settings) -> None:
    async with AsyncExitStack() as stack:
        with without_collecting():
            server = await stack.enter_async_context(running_server(settings))
        if server.worker_address:
            tell(f"serving workers on {server.worker_address}")
        tell(f"serving gRPC on {server.grpc_address} and HTTP on {server.http_address}")
        await until_told_to_stop()
        tell("draining")


async def _dev(settings: DevSettings, ready_file: Path | None, live: LiveModules) -> None:
    async with AsyncExitStack() as stack:
        with without_collecting():
            server = await stack.enter_async_context(running_server(settings, live))
        key = dev_key(settings)
        _greet(server.grpc_address, server.http_address, key)
        if ready_file is not None:
            _write_ready_file(ready_file, server, key)
        await until_told_to_stop()


def _run(main: Coroutine[object, object, None]) -> None:
    uvloop.run(main)


def _greet(grpc_address: str, http_address: str, key: DevKey) -> None:
    say(
        f"""
AION is ready, for this machine only.

  gRPC   {grpc_address}
  HTTP   http://{http_address}
  key    {key.text}
         (kept in {key.path})

Try it in another terminal:

  export AION_SERVER={grpc_address} AION_API_KEY={key.text}
  {_aionctl()} run summarize -p text="The lift is broken. A repair is ordered. It comes on Friday." -p max_sentences=1
  curl -s http://{http_address}/v1/tasks -H "Authorization: Bearer $AION_API_KEY" \\
    -H 'Content-Type: application/json' -H 'Prefer: wait=10' \\
    -d '{{"intent": "redact", "params": {{"text": "write to ada@example.org"}}}}'

Ctrl-C stops it.
"""
    )


def _aionctl() -> str:
    """How another terminal, with no virtual environment in its PATH, calls the aionctl that stands beside this
    interpreter.
    """
    beside = Path(sys.executable).with_name("aionctl")
    if not beside.exists():
        return "aionctl"
    here = Path.cwd()
    return str(beside.relative_to(here) if beside.is_relative_to(here) else beside)


def _write_ready_file(path: Path, server: RunningServer, key: DevKey) -> None:
    facts = {
        "grpc": server.grpc_address,
        "http": server.http_address,
        "workers": server.worker_address,
        "api_key": key.text,
        "pid": os.getpid(),
    }
    write_private(path, json.dumps({name: fact for name, fact in facts.items() if fact}))
