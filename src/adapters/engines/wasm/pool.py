"""The hosts of an engine: as many as there are cores, replaced when they die or are worn out."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aion.adapters.engines.wasm.host_process import HostProcess
from aion.adapters.engines.wasm.settings import WasmSettings

_log = logging.getLogger(__name__)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0


class HostPool:
    """Keeps `settings.hosts` hosts at work, and lends a host to each attempt that must run alone."""

    def __init__(self, settings: WasmSettings) -> None:
        self._settings = settings
        self._serving: list[HostProcess] = []
        self._all: set[HostProcess] = set()
        self._changed = asyncio.Condition()
        self._keepers: list[asyncio.Task[None]] = []
        self._draining: set[asyncio.Task[None]] = set()
        self._lone_places = asyncio.Semaphore(settings.lone_hosts)
        self._lone_idle: list[HostProcess] = []

    async def open(self) -> None:
        """Starts the hosts and waits until all can take work."""
        first = await asyncio.gather(*(self._start() for _ in range(self._settings.hosts)))
        self._serving.extend(first)
        self._keepers = [asyncio.create_task(self._keep(host)) for host in first]

    async def close(self) -> None:
        """Ends every host."""
        tasks = [*self._keepers, *self._draining]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(host.stop() for host in self._all))
        self._all.clear()
        self._serving.clear()

    def hosts(self) -> list[HostProcess]:
        """Those that take attempts now."""
        return list(self._serving)

    async def least_loaded(self) -> HostProcess:
        """The host with the fewest attempts; waits while there is none."""
        while not (living := [host for host in self._serving if not host.gone.is_set()]):
            async with self._changed:
                await self._changed.wait()
        return living[0] if len(living) == 1 else min(living, key=lambda host: host.load)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[HostProcess]:
        """A host that has no other attempt while the block runs."""
        async with self._lone_places:
            while self._lone_idle and self._lone_idle[-1].gone.is_set():
                self._lone_idle.pop()
            host = self._lone_idle.pop() if self._lone_idle else await self._start()
            try:
                yield host
            finally:
                self._leave_idle(host)

    def _leave_idle(self, host: HostProcess) -> None:
        task = asyncio.create_task(self._keep_idle(host))
        self._draining.add(task)
        task.add_done_callback(self._draining.discard)

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
            replacement = await self._start_patiently()
            if host in self._serving:
                self._serving.remove(host)
                task = asyncio.create_task(self._end(host))
                self._draining.add(task)
                task.add_done_callback(self._draining.discard)
            self._serving.append(replacement)
            async with self._changed:
                self._changed.notify_all()
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
