"""The Engine port over WebAssembly: finds the module, gives it to a host, and answers in time."""

import asyncio
import itertools
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from aion.adapters.engines.wasm.compiled import CompiledModules
from aion.adapters.engines.wasm.flights import NO_HOST
from aion.adapters.engines.wasm.frames import RunOrder
from aion.adapters.engines.wasm.host_process import HostProcess
from aion.adapters.engines.wasm.module import ModuleBroken, WasmModule
from aion.adapters.engines.wasm.pool import HostPool
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.domain.attempts import AttemptOutcome, AttemptResult, Failure
from aion.ports.engines import EmitEvents, Engine, EngineJob

_log = logging.getLogger(__name__)
_MOST_MEMORY = 4 << 30
_MOST_FUEL = 2**63 - 1


class WasmEngine:
    """Runs attempts of modules by their candidate names. Enter it before use; leaving it ends every host."""

    def __init__(
        self,
        modules: Mapping[str, WasmModule],
        data_dir: Path,
        settings: WasmSettings | None = None,
        host_replaced: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._settings = settings or WasmSettings()
        self._host_replaced = host_replaced
        self._modules = modules
        self._slots = {name: slot for slot, name in enumerate(modules)}
        self._compiled = CompiledModules(data_dir, self._settings.compile_timeout)
        self._numbers = itertools.count(1)
        self._pool: HostPool | None = None

    @property
    def hosts_alive(self) -> int:
        """How many host processes take attempts now."""
        return len(self._pool.hosts()) if self._pool else 0

    async def __aenter__(self) -> Self:
        pool = HostPool(self._settings, self._host_replaced)
        await pool.open()
        self._pool = pool
        try:
            await asyncio.gather(*(self._warm(module, pool.hosts()) for module in self._modules.values()))
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends every host process; attempts that still run are LOST."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()

    async def prepare(self, module: WasmModule) -> str:
        """Compiles a module unless the cache has it; why it cannot run here, or an empty text."""
        try:
            await self._compiled.code(module)
        except ModuleBroken as broken:
            return str(broken)
        return ""

    async def run(self, job: EngineJob, emit: EmitEvents) -> AttemptResult:
        """Runs one attempt, see the port."""
        module = self._modules.get(job.engine)
        pool = self._pool
        if module is None or pool is None:
            return _unavailable(f"{job.engine} is not installed here")
        patient_until = time.monotonic_ns() + _ns(job.patience)
        host = None if job.alone else pool.least_loaded()
        if host is not None and host.holds(self._slots[job.engine]):
            return await host.run(next(self._numbers), self._order(module, job, patient_until), emit)
        return await self._run_when_there_is_a_host(pool, module, job, patient_until, emit)

    def _order(self, module: WasmModule, job: EngineJob, patient_until: int) -> RunOrder:
        """What a host is told. The guest's time begins now, and ends with the patience at the latest."""
        return RunOrder(
            slot=self._slots[job.engine],
            deadline_ns=min(time.monotonic_ns() + _ns(job.timeout), patient_until),
            memory_bytes=min(module.memory_bytes, _MOST_MEMORY),
            fuel=min(module.fuel, _MOST_FUEL),
            granted=module.granted,
            seed=job.seed,
            input=job.input_json.encode("utf-8", "replace"),
        )

    async def _run_when_there_is_a_host(
        self, pool: HostPool, module: WasmModule, job: EngineJob, patient_until: int, emit: EmitEvents
    ) -> AttemptResult:
        """The slow path: a host must be waited for or given the module first. The guest's time does not run yet."""
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(min(self._settings.host_wait, job.patience).total_seconds()):
                    if job.alone:
                        host = await stack.enter_async_context(pool.alone())
                    else:
                        host = await pool.next_living()
                    if not host.holds(self._slots[job.engine]):
                        await self._give(module, host)
            except ModuleBroken as broken:
                return _unavailable(str(broken))
            except TimeoutError:
                return NO_HOST
            except OSError as error:
                _log.warning("no host could be started for an attempt of %s: %s", job.engine, error)
                return NO_HOST
            return await host.run(next(self._numbers), self._order(module, job, patient_until), emit)

    async def _give(self, module: WasmModule, host: HostProcess) -> None:
        slot = self._slots[module.engine]
        code = await self._compiled.code(module)
        if not host.holds(slot):
            host.load_module(slot, code, metered=module.metered)

    async def _warm(self, module: WasmModule, hosts: list[HostProcess]) -> None:
        """Compiles a module before its first attempt, and gives it to the hosts. A broken one says so when run."""
        try:
            for host in hosts:
                await self._give(module, host)
        except ModuleBroken as broken:
            _log.warning("%s cannot run: %s", module.engine, broken)


def _ns(span: timedelta) -> int:
    return span // timedelta(microseconds=1) * 1000


def _unavailable(message: str) -> AttemptResult:
    return AttemptResult(AttemptOutcome.FAILED, failure=Failure("ENGINE_UNAVAILABLE", message, retryable=False))


if TYPE_CHECKING:
    _: type[Engine] = WasmEngine
