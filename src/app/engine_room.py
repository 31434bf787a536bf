"""The engines of one process and the catalogue that names them: the same in a server and in a worker apart.

A part of the composition roots, and so allowed to name adapters.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aion.adapters.catalog.file_catalog import FileCatalog
from aion.adapters.catalog.latency import RecentLatency
from aion.adapters.catalog.loading import load_catalog
from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.module import WasmModule
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.app.resources import config_folder, modules_folders
from aion.app.settings import Settings
from aion.ports.catalog import ModuleKind


@dataclass(frozen=True, slots=True)
class EngineRoom:
    """What can be run here."""

    catalog: FileCatalog
    latency: RecentLatency
    wasm: WasmEngine


@asynccontextmanager
async def engine_room(settings: Settings, host_replaced: Callable[[str], None]) -> AsyncIterator[EngineRoom]:
    """Engines that are ready while the block runs; without slots for attempts there are no hosts either.

    Every module is compiled, so that the catalogue says which are broken. Raises ConfigurationInvalid.
    """
    latency = RecentLatency()
    catalog = load_catalog(config_folder(settings), modules_folders(settings), latency)
    modules = _wasm_modules(catalog)
    wasm = WasmEngine(modules, settings.data_dir, WasmSettings(hosts=settings.engine_hosts), host_replaced)
    prepared = await asyncio.gather(*(wasm.prepare(module) for module in modules.values()))
    catalog = catalog.with_broken(dict(zip(modules, prepared, strict=True)))
    if not settings.worker_slots:
        yield EngineRoom(catalog, latency, wasm)
        return
    async with wasm:
        yield EngineRoom(catalog, latency, wasm)


def _wasm_modules(catalog: FileCatalog) -> dict[str, WasmModule]:
    """What the engine needs to know of every package that is whole."""
    return {
        package.engine: WasmModule(
            engine=package.engine,
            path=package.wasm,
            digest=package.digest,
            memory_bytes=package.memory_bytes,
            fuel=package.fuel,
            granted=package.host_permissions,
            component=package.kind is ModuleKind.COMPONENT,
            concurrency=package.concurrency,
            deterministic=package.deterministic,
        )
        for package in catalog.packages()
    }
