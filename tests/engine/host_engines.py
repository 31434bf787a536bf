"""Engines with one host unless a test says otherwise, and the patience that a loaded machine asks for."""

import asyncio
from datetime import timedelta

from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.settings import WasmSettings
from tests.engine.conftest import Listener

RESULT = '{"n":1}'
SHORT, LONG = timedelta(seconds=0.2), timedelta(seconds=30)


def engine_of(modules, data_dir, **settings):
    # On a loaded machine a guest may need long to be stopped; killing its host is tested where it is meant.
    given = {"hosts": 1, "grace": LONG, "cancel_grace": LONG, **settings}
    return WasmEngine({module.engine: module for module in modules}, data_dir, WasmSettings(**given))


async def started(engine, job):
    """Starts the job and returns once its guest runs."""
    spoke = asyncio.Event()
    task = asyncio.create_task(engine.run(job, Listener(on_event=spoke.set)))
    await spoke.wait()
    return task
