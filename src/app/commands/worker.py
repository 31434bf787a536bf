"""`aion worker`: run tasks of a server on another machine until told to stop."""

import asyncio
from typing import Annotated

import typer
import uvloop

from aion.app.commands.failing import fail, refusals_as_sentences
from aion.app.commands.stopping import until_told_to_stop
from aion.app.commands.telling import tell
from aion.app.composition.offline import configure_logs
from aion.app.composition.worker_process import running_worker
from aion.app.settings_report import load, unknown_variables
from aion.app.worker_settings import RemoteWorkerSettings
from aion.domain.errors import AionError


def worker(
    server: Annotated[
        str | None, typer.Option(help="The server's AION_WORKER_LISTEN, HOST:PORT; AION_WORKER_SERVER if not given.")
    ] = None,
) -> None:
    """Run tasks of a server as a worker of its own, with the settings of the environment (AION_WORKER_...)."""
    with refusals_as_sentences():
        settings = load(RemoteWorkerSettings, **({"worker_server": server} if server else {}))
        if problems := unknown_variables():
            fail(problems)
        configure_logs(settings)
        refusal = uvloop.run(_work(settings))
    if refusal is not None:
        fail([refusal.message])


async def _work(settings: RemoteWorkerSettings) -> AionError | None:
    """Why the server does not take this worker; None when it was told to stop."""
    async with running_worker(settings, tell) as running:
        stop = asyncio.create_task(until_told_to_stop())
        await asyncio.wait((stop, running.refused), return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if running.refused.done():
            return running.refused.result()
        tell("draining")
        return None
