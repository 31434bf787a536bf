"""One host process, seen from the supervisor: started by exec, heard over a socket pair, killed when it is stuck."""

import asyncio
import logging
import os
import socket
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import cast

from aion.adapters.engines.wasm.children import command, environment
from aion.adapters.engines.wasm.flights import LOST, NO_HOST, OVERDUE, Flight
from aion.adapters.engines.wasm.frames import (
    FrameKind,
    FrameReader,
    LoadOrder,
    RunOrder,
    frame,
    load_payload,
    read_end,
    read_events,
    run_payload,
)
from aion.adapters.engines.wasm.log_pipe import LogPipe
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.domain.attempts import AttemptResult
from aion.ports.engines import EmitEvents

_log = logging.getLogger(__name__)
_SWEEP_SECONDS = 0.1
_WEAR_SECONDS = 2.0
_PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")
_MOST_FRAME = 64 << 20
"""More than all that one guest may write, every byte of it escaped."""


class HostProcess(asyncio.Protocol):
    """Attempts in flight end LOST when the process dies, whatever it dies of."""

    def __init__(self, settings: WasmSettings) -> None:
        self._settings = settings
        self._grace_ns = _ns(settings.grace)
        self._loop = asyncio.get_running_loop()
        self._reader = FrameReader(_MOST_FRAME)
        self._flights: dict[int, Flight] = {}
        self._slots: set[int] = set()
        self._leaving: set[int] = set()
        self._out: list[bytes] = []
        self._sweeper: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._log: LogPipe | None = None
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._idle = asyncio.Event()
        self._idle.set()
        self.gone = asyncio.Event()
        """Set when the process can no longer answer."""
        self.due = asyncio.Event()
        """Set when another process must take its place: it is gone, or worn out."""
        self.lanes_taken = 0
        """How many of its lanes are taken, by the word of whoever shares them out."""
        self._calls_left = settings.calls_per_host
        self._wear = self._loop.call_later(_WEAR_SECONDS, self._look_at_wear)

    @classmethod
    async def start(cls, settings: WasmSettings) -> "HostProcess":
        """Starts a process and waits until it can take work. Raises OSError or TimeoutError."""
        host = cls(settings)
        try:
            async with asyncio.timeout(settings.start_timeout.total_seconds()):
                await host._launch()
                await host._ready
        except BaseException:
            await host.stop()
            raise
        return host

    async def _launch(self) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self._process = subprocess.Popen(  # noqa: ASYNC220 a child dies with the thread that started it
                command("host", theirs.fileno(), os.getpid(), self._settings.lanes),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=environment(),
                cwd="/",
                # Not a session: Linux may share the processors out by session first, and hosts that have one each
                # would leave the server a small part, however nice they are.
                process_group=0,
            )
            self._log = await LogPipe.attach(self._process)
            # The transport closes its socket; the one above is closed on every way out of here.
            await self._loop.create_unix_connection(lambda: self, sock=ours.dup())

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid if self._process else 0

    @property
    def load(self) -> int:
        """How many attempts it has."""
        return len(self._flights)

    def holds(self, slot: int) -> bool:
        """Whether the module of this slot was loaded."""
        return slot in self._slots

    def load_module(self, slot: int, order: LoadOrder) -> None:
        """Gives it a module's native code."""
        self._slots.add(slot)
        self._send(frame(FrameKind.LOAD, slot, load_payload(order)))

    def unload_module(self, slot: int) -> None:
        """Takes a module's code away, as soon as none of its attempts is left."""
        if slot in self._slots and not self.gone.is_set():
            self._leaving.add(slot)
            self._unload_what_is_left_alone()

    def _unload_what_is_left_alone(self) -> None:
        for slot in self._leaving - {flight.slot for flight in self._flights.values()}:
            self._leaving.discard(slot)
            self._slots.discard(slot)
            self._send(frame(FrameKind.UNLOAD, slot))

    async def run(self, number: int, order: RunOrder, emit: EmitEvents, is_over: Callable[[], None]) -> AttemptResult:
        """Runs an attempt. Cancelling it tells the guest to end, and kills the process if it does not.

        `is_over` is called when the process has nothing of it any more, which a cancelled caller does not see.
        """
        if self.gone.is_set():
            is_over()
            return NO_HOST
        landed: asyncio.Future[AttemptResult] = self._loop.create_future()
        flight = Flight(landed, emit, order.deadline_ns + self._grace_ns, order.memory_bytes, order.slot, is_over)
        self._flights[number] = flight
        self._idle.clear()
        self._calls_left -= 1
        if self._calls_left <= 0:
            self.due.set()
        self._send(frame(FrameKind.RUN, number, run_payload(order)))
        if self._sweeper is None:
            self._sweeper = self._loop.call_later(_SWEEP_SECONDS, self._sweep)
        try:
            return await landed
        except asyncio.CancelledError:
            flight.kill_at_ns = min(flight.kill_at_ns, time.monotonic_ns() + _ns(self._settings.cancel_grace))
            self._send(frame(FrameKind.CANCEL, number))
            raise

    async def drained(self) -> None:
        """Returns when it has no attempts."""
        await self._idle.wait()

    async def stop(self) -> None:
        """Ends the process and waits until nothing of it is left; its attempts are LOST."""
        self._wear.cancel()
        self._ready.cancel()
        if self._process is not None:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
        if self._transport is not None:
            self._transport.abort()
            await self.gone.wait()
        if self._log is not None:
            await self._log.ended.wait()

    def kill(self) -> None:
        """Ends the process at once; the socket's end says the rest."""
        if self._process is not None:
            self._process.kill()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is there; see asyncio.Protocol."""
        # uvloop's transports are not asyncio's by type.
        self._transport = cast("asyncio.Transport", transport)
        self._flush()

    def data_received(self, data: bytes) -> None:
        """The host said something; see asyncio.Protocol."""
        try:
            for kind, number, payload in self._reader.feed(data):
                self._take(kind, number, payload)
        except ValueError:
            _log.exception("host %d does not speak the protocol; it is killed", self.pid)
            self.kill()

    def connection_lost(self, exc: Exception | None) -> None:
        """The host died, or we ended it; see asyncio.Protocol."""
        self.gone.set()
        self.due.set()
        self._wear.cancel()
        self.kill()
        if not self._ready.done():
            self._ready.set_exception(ConnectionError("the host ended before it was ready; see its log"))
        flights = tuple(self._flights.values())
        self._flights.clear()
        self._idle.set()
        for flight in flights:
            flight.land(LOST)
            flight.is_over()
        if self._sweeper is not None:
            self._sweeper.cancel()
        if self._process is not None:
            # Reaped in the background: the process was killed, so this ends soon.
            self._loop.run_in_executor(None, self._process.wait)

    def _take(self, kind: int, number: int, payload: bytes) -> None:
        if kind == FrameKind.READY:
            if not self._ready.done():
                self._ready.set_result(None)
            return
        flight = self._flights.get(number)
        if flight is None:
            raise ValueError(f"a frame for attempt {number}, which the host does not have")
        if kind == FrameKind.EVENTS:
            flight.pass_on(read_events(payload))
        elif kind == FrameKind.END:
            result = read_end(payload)
            del self._flights[number]
            if not self._flights:
                self._idle.set()
            if self._leaving:
                self._unload_what_is_left_alone()
            flight.land(result)
            flight.is_over()
        else:
            raise ValueError(f"a frame of unknown kind {kind}")

    def _send(self, data: bytes) -> None:
        # What is sent in one turn of the loop leaves in one system call.
        if not self._out:
            self._loop.call_soon(self._flush)
        self._out.append(data)

    def _flush(self) -> None:
        if self._transport is not None and self._out:
            self._transport.write(b"".join(self._out))
            self._out.clear()

    def _sweep(self) -> None:
        self._sweeper = None
        if not self._flights:
            return
        now = time.monotonic_ns()
        first = min(self._flights.values(), key=lambda flight: flight.kill_at_ns)
        if first.kill_at_ns <= now:
            # Others that are late may have been held up by it: they end LOST, and run again alone.
            first.land(OVERDUE)
            _log.warning("host %d is killed: one of its attempts did not end", self.pid)
            self.kill()
        elif self._own_memory() > self._settings.host_memory_most:
            # No guest of itself: something in the host grows. Its attempts run again alone, which finds the culprit.
            _log.warning("host %d is killed: it holds more memory than its guests may", self.pid)
            self.kill()
        self._sweeper = self._loop.call_later(_SWEEP_SECONDS, self._sweep)

    def _own_memory(self) -> int:
        """What it holds beyond what its guests were granted, in bytes."""
        return _memory_of(self.pid) - sum(flight.memory_bytes for flight in self._flights.values())

    def _look_at_wear(self) -> None:
        if self._own_memory() > self._settings.host_memory_bytes:
            self.due.set()
        self._wear = self._loop.call_later(_WEAR_SECONDS, self._look_at_wear)


def _memory_of(pid: int) -> int:
    """What a process holds in memory, in bytes; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * _PAGE_SIZE
    except (OSError, IndexError):
        return 0


def _ns(span: timedelta) -> int:
    return int(span.total_seconds() * 10**9)
