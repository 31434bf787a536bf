"""The hosts of an engine: as many as there are cores, replaced when they die or are worn out."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

from aion.adapters.engines.wasm.host_process import HostProcess
from aion.adapters.engines.wasm.places import Places
from aion.adapters.engines.wasm.settings import WasmSettings

_log = logging.getLogger(__name__)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0


class HostPool:
    """Keeps `settings.hosts` hosts at work, and lends a host to each attempt that must run alone.

    `replaced` is told of every host that another took the place of: `died`, or `worn` and left in peace.
    """

    def __init__(self, settings: WasmSettings, replaced: Callable[[str], None]) -> None:
        self._settings = settings
        self._replaced = replaced
        self._serving: list[HostProcess] = []
        self._all: set[HostProcess] = set()
        self.places = Places(self._serving, settings.lanes)
        self._keepers: list[asyncio.Task[None]] = []
        self._closed = False
        self._leaving: set[asyncio.Task[None]] = set()
        self._lone_places = asyncio.Semaphore(settings.lone_hosts)
        self._lone_idle: list[HostProcess] = []
        self._lone_late: list[asyncio.Task[HostProcess]] = []

    async def open(self) -> None:
        """Starts the hosts and waits until all can take work. Raises OSError or TimeoutError."""
        try:
            async with asyncio.TaskGroup() as starting:
                first = [starting.create_task(self._start()) for _ in range(self._settings.hosts)]
        except* (OSError, TimeoutError) as errors:
            await self.close()
            raise errors.exceptions[0] from None
        self._serving.extend(task.result() for task in first)
        self._keepers = [asyncio.create_task(self._keep(host)) for host in self._serving]
        self.places.look()

    async def close(self) -> None:
        """Ends every host."""
        self._closed = True
        tasks = [*self._keepers, *self._leaving, *self._lone_late]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(host.stop() for host in self._all))
        self._all.clear()
        self._serving.clear()
        self.places.close()

    def hosts(self) -> list[HostProcess]:
        """Those that take attempts now."""
        return list(self._serving)

    def everywhere(self) -> list[HostProcess]:
        """All that live: also those that end once their attempts are done, and lone ones."""
        return [host for host in self._all if not host.gone.is_set()]

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[HostProcess]:
        """A host that has no other attempt while the block runs."""
        async with self._lone_places:
            host = self._idle() or await self._started()
            try:
                yield host
            finally:
                self._leave_idle(host)

    def _idle(self) -> HostProcess | None:
        while self._lone_idle:
            if not (host := self._lone_idle.pop()).gone.is_set():
                return host
        return None

    async def _started(self) -> HostProcess:
        """A new lone host. One whose attempt stops waiting goes on starting, for the next: starting may be slow."""
        starting = self._lone_late.pop() if self._lone_late else asyncio.create_task(self._start())
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            if not self._closed:
                self._lone_late.append(starting)
                self._in_the_background(self._keep_late(starting))
            raise

    async def _keep_late(self, starting: asyncio.Task[HostProcess]) -> None:
        await asyncio.wait((starting,))
        if starting in self._lone_late:
            self._lone_late.remove(starting)
            if (error := starting.exception()) is None:
                await self._keep_idle(starting.result())
            else:
                _log.warning("a lone host did not start: %s", error)

    def _leave_idle(self, host: HostProcess) -> None:
        if not self._closed:
            self._in_the_background(self._keep_idle(host))

    def _in_the_background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _keep_idle(self, host: HostProcess) -> None:
        # A cancelled attempt may still be ending in it.
        await host.drained()
        if not host.gone.is_set():
            self._lone_idle.append(host)
            await asyncio.sleep(self._settings.lone_idle.total_seconds())
            if host not in self._lone_idle:
                return
            self._lone_idle.remove(host)
        await self._end(host)

    async def _start(self) -> HostProcess:
        host = await HostProcess.start(self._settings)
        if self._closed:
            await host.stop()
            raise ConnectionError("the engine was closed while a host started")
        self._all.add(host)
        return host

    async def _end(self, host: HostProcess) -> None:
        await host.drained()
        await host.stop()
        self._all.discard(host)

    async def _keep(self, host: HostProcess) -> None:
        """Keeps one place filled: replaces its host when that dies, or before a worn one leaves."""
        while True:
            await host.due.wait()
            if host.gone.is_set():
                self._serving.remove(host)
                self._all.discard(host)
                _log.warning("host %d died; another takes its place", host.pid)
                self._replaced("died")
            replacement = await self._start_patiently()
            if host in self._serving:
                self._serving.remove(host)
                self._in_the_background(self._end(host))
                self._replaced("worn")
            self._serving.append(replacement)
            self.places.look()
            host = replacement

    async def _start_patiently(self) -> HostProcess:
        pause = _FIRST_PAUSE
        while True:
            try:
                return await self._start()
            except (OSError, TimeoutError):
                _log.exception("a host does not start; the next try is in %s s", pause)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
