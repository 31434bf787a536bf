"""A server opens while a large module of its is compiled, and the catalogue says so."""

import asyncio
import threading

import pytest

from aion.adapters.catalog.live_catalog import LiveCatalog
from aion.adapters.engines.wasm import engine as wasm_engine
from aion.adapters.engines.wasm.compilers import Compilers
from aion.app.composition.engine_room import engine_room

SAYS = "module:says@1.0.0"


@pytest.fixture
def gate(monkeypatch):
    """Every module is large, and no compiler answers before the gate opens."""
    gate, run = threading.Event(), Compilers.run

    def waits(compilers, *given):
        gate.wait()
        return run(compilers, *given)

    monkeypatch.setattr(wasm_engine, "_LARGE", 1)
    monkeypatch.setattr(Compilers, "run", waits)
    yield gate
    gate.set()


async def test_the_room_opens_while_a_large_module_is_compiled(settings, author, gate, tmp_path, monkeypatch):
    config, ready, compiled = tmp_path / "config", asyncio.Event(), LiveCatalog.compiled

    def told(catalog, *given):
        compiled(catalog, *given)
        ready.set()

    monkeypatch.setattr(LiveCatalog, "compiled", told)
    config.mkdir()
    modules = author.package().parent
    quiet = settings.model_copy(update={"config_dir": config, "engine_hosts": 1, "modules_dir": modules})
    async with engine_room(quiet, lambda _: None) as room:
        assert room.catalog.module(SAYS).preparing.startswith("compiling, since ")
        gate.set()
        await ready.wait()
        assert (room.catalog.module(SAYS).preparing, room.catalog.module(SAYS).broken) == ("", "")
