"""The engines of one process and the catalogue that names them: the same in a server and in a worker apart.

A part of the composition roots, and so allowed to name adapters.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.adapters.catalog.file_catalog import FileCatalog
from aion.adapters.catalog.latency import RecentLatency
from aion.adapters.catalog.live_catalog import LiveCatalog
from aion.adapters.catalog.loading import load_catalog
from aion.adapters.catalog.packages import AgentPackage
from aion.adapters.catalog.what_changed import changes
from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.module import WasmModule
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.app.background.compiling import LargeModule, compiling_in_the_background
from aion.app.resources import config_folder, modules_folders
from aion.app.settings import Settings
from aion.ports.catalog import ModuleKind

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class LookedAt:
    """The files that the configuration and the manifests, as they were last read, name."""

    files: frozenset[Path]


@dataclass(frozen=True, slots=True)
class EngineRoom:
    """What can be run here."""

    catalog: LiveCatalog
    latency: RecentLatency
    wasm: WasmEngine
    looked_at: LookedAt

    def files(self) -> frozenset[Path]:
        """The files besides manifests and configuration that `take_up` reads, whether they are there or not."""
        return self.looked_at.files

    async def take_up(self, settings: Settings, developed: Sequence[Path]) -> list[str]:
        """Reads configuration and modules anew and serves what they are now, all of it at once; says what changed.

        What is broken now and was not before goes on as it was. Attempts that run end on the bytes that they have.
        """
        try:
            read = await asyncio.to_thread(
                load_catalog, config_folder(settings), modules_folders(settings), self.latency, developed
            )
            modules = _wasm_modules(read)
            fresh = [module for module in modules.values() if not self.wasm.has(module)]
            await asyncio.gather(*map(self.wasm.prepare, fresh))
            await self.wasm.warm(fresh)
            # From here on nothing is waited for: what is served now may have learnt of a problem meanwhile.
            served = self.catalog.served
            read = read.with_broken({name: self.wasm.problem(module) for name, module in modules.items()})
            catalog = read.keeping(served)
        except ConfigurationInvalid as invalid:
            self.wasm.unload_superseded()
            return [f"everything stays as it was: {problem}" for problem in invalid.problems]
        self.wasm.replace(_wasm_modules(catalog))
        self.catalog.served = catalog
        self.looked_at.files = read.files() | catalog.files()
        return changes(served, read, catalog)


@asynccontextmanager
async def engine_room(
    settings: Settings, host_replaced: Callable[[str], None], developed: Sequence[Path] = ()
) -> AsyncIterator[EngineRoom]:
    """Engines while the block runs; without slots for attempts there are no hosts either, else `wasm.opened` says when
    these take work: they start beside all that a server sets up meanwhile.

    `developed` are packages that stand in for installed ones of their name and version. Every module is compiled, so
    that the catalogue says which are broken; large ones that were never compiled go on compiling while the block runs.
    Raises ConfigurationInvalid.
    """
    latency = RecentLatency()
    wasm = WasmEngine({}, settings.data_dir, WasmSettings(hosts=settings.engine_hosts), host_replaced)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(wasm.close)
        if settings.worker_slots:
            wasm.begin()
        catalog = await asyncio.to_thread(
            load_catalog, config_folder(settings), modules_folders(settings), latency, developed
        )
        modules = _wasm_modules(catalog)
        wasm.replace(modules)
        later = [module for module in modules.values() if wasm.takes_long(module)]
        wasm.postpone(later)
        soon = {name: module for name, module in modules.items() if module not in later}
        prepared = await asyncio.gather(*(wasm.prepare(module) for module in soon.values()))
        live = LiveCatalog(catalog.with_broken(dict(zip(soon, prepared, strict=True))))
        await stack.enter_async_context(_compiling(live, wasm, later))
        yield EngineRoom(live, latency, wasm, LookedAt(catalog.files()))


def _compiling(
    catalog: LiveCatalog, wasm: WasmEngine, modules: Sequence[WasmModule]
) -> AbstractAsyncContextManager[None]:
    """Compiles these in the background; the catalogue knows of it."""
    jobs = []
    for module in modules:
        size = module.path.stat().st_size
        catalog.compiling(module.engine, size)
        jobs.append(LargeModule(module.engine, size, partial(wasm.prepare_postponed, module)))

    compiled = {module.engine: module for module in modules}

    def finished(engine: str, problem: str) -> None:
        try:
            # What took its place meanwhile has nothing to do with its problem.
            catalog.compiled(engine, problem if wasm.names(compiled[engine]) else "")
        except ConfigurationInvalid as invalid:
            _log.error("without %s the configuration is not whole: %s", engine, "; ".join(map(str, invalid.problems)))

    return compiling_in_the_background(jobs, finished, wasm.end_compiling)


def _wasm_modules(catalog: FileCatalog) -> dict[str, WasmModule]:
    """What the engine needs to know of every package that is whole."""
    return {package.engine: wasm_module(package, counts_fuel=catalog.caps_fuel) for package in catalog.packages()}


def wasm_module(package: AgentPackage, *, counts_fuel: bool = False) -> WasmModule:
    """What the engine needs to know of a package. `counts_fuel`: it must, though its own fuel is unlimited."""
    return WasmModule(
        engine=package.engine,
        path=package.wasm,
        digest=package.digest,
        memory_bytes=package.memory_bytes,
        fuel=package.fuel,
        granted=package.host_permissions,
        component=package.kind is ModuleKind.COMPONENT,
        concurrency=package.concurrency,
        deterministic=package.deterministic,
        counts_fuel=counts_fuel,
    )
