"""The Engine port over WebAssembly: finds the module, gives it to a host, and answers in time."""

import asyncio
import hashlib
import itertools
import logging
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from aion.adapters.engines.wasm.compiled import CompiledModules
from aion.adapters.engines.wasm.flights import COMPILING, NO_HOST, OUT_OF_TURN, unavailable
from aion.adapters.engines.wasm.frames import MOST_FUEL, LoadOrder, RunOrder
from aion.adapters.engines.wasm.host_process import HostProcess
from aion.adapters.engines.wasm.module import ModuleBroken, WasmModule
from aion.adapters.engines.wasm.places import Place
from aion.adapters.engines.wasm.pool import HostPool
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.adapters.engines.wasm.turns import Turns
from aion.domain.attempts import AttemptResult
from aion.ports.engines import EmitEvents, Engine, EngineJob

_log = logging.getLogger(__name__)
_MOST_MEMORY = 4 << 30
_LARGE = 2 << 20
_MICROSECOND = timedelta(microseconds=1)
_UNPREDICTABLE = frozenset({"clock", "random"})


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
        self._slots: dict[WasmModule, int] = {module: slot for slot, module in enumerate(modules.values())}
        self._problems: dict[WasmModule, str] = {}
        self._compiled = CompiledModules(
            data_dir, self._settings.compile_timeout, self._settings.cache_kept_for, self._settings.cache_bytes
        )
        self._numbers = itertools.count(1)
        self._turns = Turns()
        self._postponed: set[WasmModule] = set()
        self._pool: HostPool | None = None
        self._opening: asyncio.Task[None] | None = None

    @property
    def hosts_alive(self) -> int:
        """How many host processes take attempts now."""
        return len(self._pool.hosts()) if self._pool else 0

    async def __aenter__(self) -> Self:
        self.begin()
        try:
            await self.opened()
        except BaseException:
            await self.close()
            raise
        return self

    def begin(self) -> None:
        """Starts the hosts while the caller goes on; attempts wait for them. `opened` says when they are there."""
        self._pool = HostPool(self._settings, self._host_replaced)
        self._opening = asyncio.create_task(self._pool.open())

    async def opened(self) -> None:
        """Returns when all hosts that were begun take work, and have the modules. Raises OSError or TimeoutError."""
        if self._opening is None or self._pool is None:
            return
        await asyncio.shield(self._opening)
        soon = [module for module in self._modules.values() if module not in self._postponed]
        await asyncio.gather(*(self._warm(module, self._pool.hosts()) for module in soon))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends every host process; attempts that still run are LOST."""
        pool, self._pool = self._pool, None
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        if pool is not None:
            await pool.close()

    async def prepare(self, module: WasmModule) -> str:
        """Compiles a module unless the cache has it; why it cannot run here, or an empty text."""
        try:
            await self._compiled.code(module)
        except ModuleBroken as broken:
            self._problems[module] = str(broken)
            return str(broken)
        self._problems.pop(module, None)
        return ""

    def problem(self, module: WasmModule) -> str:
        """What `prepare` last said of it; empty when it never did."""
        return self._problems.get(module, "")

    def takes_long(self, module: WasmModule) -> bool:
        """Whether compiling it takes long: it is large, and was not compiled before."""
        try:
            return module.path.stat().st_size > _LARGE and not self._compiled.has(module)
        except OSError:
            return False

    def postpone(self, modules: Iterable[WasmModule]) -> None:
        """`prepare_postponed` compiles these; till then entering waits for none, and their attempts are handed back."""
        self._postponed.update(modules)

    async def prepare_postponed(self, module: WasmModule) -> str:
        """Compiles it and gives it to the hosts; why it cannot run here, or an empty text."""
        problem = await self.prepare(module)
        self._postponed.discard(module)
        if self._pool is not None and not problem:
            await self._warm(module, self._pool.hosts())
        return problem

    def end_compiling(self) -> None:
        """Ends the compilers that run: nobody waits for what they would make."""
        self._compiled.end()

    def names(self, module: WasmModule) -> bool:
        """Whether it is exactly this that new attempts of its name run, or would if it were whole."""
        return self._modules.get(module.engine) == module

    def has(self, module: WasmModule) -> bool:
        """Whether attempts may run exactly this already."""
        return self.names(module) and module not in self._problems

    async def warm(self, modules: Iterable[WasmModule]) -> None:
        """Compiles modules that will replace others, and gives them to the hosts."""
        fresh = [module for module in modules if not self.has(module) and module not in self._problems]
        for module in fresh:
            self._slots.setdefault(module, len(self._slots))
        if self._pool is not None:
            await asyncio.gather(*(self._warm(module, self._pool.hosts()) for module in fresh))

    def replace(self, modules: Mapping[str, WasmModule]) -> None:
        """From now on, at once, new attempts run these modules; `warm` spares the first of them the wait.

        Attempts that run end on the bytes that they have; then the hosts forget these. A module that is not among these
        stays for the tasks that it was chosen for.
        """
        for module in modules.values():
            self._slots.setdefault(module, len(self._slots))
        # The very objects stay where they are equal: attempts tell by identity whether theirs was replaced.
        kept = {name: module for name, module in self._modules.items() if modules.get(name, module) == module}
        self._modules = {**modules, **kept}
        self.unload_superseded()

    def unload_superseded(self) -> None:
        """Lets the hosts forget what no new attempt runs."""
        current = set(self._modules.values())
        superseded = [slot for module, slot in self._slots.items() if module not in current]
        for host in self._pool.everywhere() if self._pool is not None else ():
            for slot in superseded:
                host.unload_module(slot)

    async def run(self, job: EngineJob, emit: EmitEvents) -> AttemptResult:
        """Runs one attempt, see the port."""
        module = self._modules.get(job.engine)
        pool = self._pool
        if module is None or pool is None:
            return unavailable(f"{job.engine} is not installed here")
        if job.digest and job.digest != module.sha256:
            return unavailable(
                f"{job.engine} is {module.sha256} here and the task is pinned to {job.digest}: install these bytes "
                "again, or ask for the task without the pin"
            )
        if module in self._postponed:
            return await self._handed_back_in_a_moment(job)
        patient_until = time.monotonic_ns() + _ns(job.patience)
        if not module.concurrency and not job.caps.concurrency:
            return await self._run_now(pool, module, job, patient_until, emit)
        bounds = (((job.tenant, job.engine), job.caps.concurrency), (job.engine, module.concurrency))
        within = min(self._settings.turn_wait, job.patience).total_seconds()
        async with self._turns.all_of(*bounds, within=within) as has_turn:
            if not has_turn:
                return OUT_OF_TURN
            return await self._run_now(pool, module, job, patient_until, emit)

    async def _handed_back_in_a_moment(self, job: EngineJob) -> AttemptResult:
        # Whoever runs attempts would give it back at once.
        await asyncio.sleep(min(self._settings.turn_wait, job.patience).total_seconds())
        return COMPILING

    def _run_now(
        self, pool: HostPool, module: WasmModule, job: EngineJob, patient_until: int, emit: EmitEvents
    ) -> Coroutine[Any, Any, AttemptResult]:
        if not job.alone and (place := pool.places.find(job.tenant)) is not None:
            if place.host.holds(self._slots[module]):
                return self._run_in(place, module, job, patient_until, emit)
            place.free()
        return self._run_when_there_is_a_place(pool, module, job, patient_until, emit)

    def _order(self, module: WasmModule, job: EngineJob, patient_until: int) -> RunOrder:
        """What a host is told. The guest's time begins now, and ends with the patience at the latest."""
        given = job.input_json.encode("utf-8", "replace")
        return RunOrder(
            slot=self._slots[module],
            deadline_ns=min(time.monotonic_ns() + _ns(job.timeout), patient_until),
            memory_bytes=min(job.caps.of_memory(module.memory_bytes), _MOST_MEMORY),
            fuel=min(job.caps.of_fuel(module.fuel) or MOST_FUEL, MOST_FUEL),
            granted=module.granted - _UNPREDICTABLE if module.deterministic else module.granted,
            seed=hashlib.sha256(given).digest() if module.deterministic else job.seed,
            input=given,
        )

    async def _run_when_there_is_a_place(
        self, pool: HostPool, module: WasmModule, job: EngineJob, patient_until: int, emit: EmitEvents
    ) -> AttemptResult:
        """The slow path: a lane must be waited for, or a host given the module. The guest's time does not run yet."""
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(min(self._settings.host_wait, job.patience).total_seconds()):
                    if job.alone:
                        place = Place(await stack.enter_async_context(pool.alone()))
                        await self._give(module, place.host)
                    else:
                        place = await self._place_with(module, pool, job)
            except ModuleBroken as broken:
                return unavailable(str(broken))
            except TimeoutError:
                return NO_HOST
            except OSError as error:
                _log.warning("no host could be started for an attempt of %s: %s", job.engine, error)
                return NO_HOST
            return await self._run_in(place, module, job, patient_until, emit)

    async def _place_with(self, module: WasmModule, pool: HostPool, job: EngineJob) -> Place:
        """A lane in a host that has the module. Raises ModuleBroken, TimeoutError and ConnectionError."""
        hosts = pool.hosts()
        if not any(host.holds(self._slots[module]) for host in hosts):
            # Nobody else waits for a lane while this is compiled.
            await self._compiled.code(module)
        async with asyncio.timeout(self._settings.lane_wait.total_seconds() if hosts else None):
            place = await pool.places.wait(job.tenant)
        try:
            await self._give(module, place.host)
        except BaseException:
            place.free()
            raise
        return place

    async def _run_in(
        self, place: Place, module: WasmModule, job: EngineJob, patient_until: int, emit: EmitEvents
    ) -> AttemptResult:
        """What came of it, with the digest of what ran."""
        host = place.host
        try:
            order = self._order(module, job, patient_until)
            result = await host.run(next(self._numbers), order, emit, place.free)
        finally:
            if self._modules.get(module.engine) is not module:
                host.unload_module(self._slots[module])
        return result if result is NO_HOST else result.of(module.sha256)

    async def _give(self, module: WasmModule, host: HostProcess) -> None:
        if not host.holds(self._slots[module]):
            self._load(module, host, await self._compiled.code(module))

    def _load(self, module: WasmModule, host: HostProcess, code: bytes) -> None:
        slot = self._slots[module]
        # Another attempt may have given it meanwhile.
        if not host.holds(slot):
            host.load_module(slot, LoadOrder(module.metered, module.component, code))

    async def _warm(self, module: WasmModule, hosts: list[HostProcess]) -> None:
        """Compiles a module before its first attempt, and gives it to the hosts. A broken one says so when run."""
        try:
            if missing := [host for host in hosts if not host.holds(self._slots[module])]:
                code = await self._compiled.code(module)
                for host in missing:
                    self._load(module, host, code)
        except ModuleBroken as broken:
            _log.warning("%s cannot run: %s", module.engine, broken)


def _ns(span: timedelta) -> int:
    return span // _MICROSECOND * 1000


if TYPE_CHECKING:
    _: type[Engine] = WasmEngine
