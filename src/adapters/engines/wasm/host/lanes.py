"""Lanes: the threads of a host. One leads, reads orders and runs them one after the other.

Two threads that run short guests are slower than one, and handing a guest to another thread costs as much as the
guest. So the leading lane runs what it reads itself. Only when a guest has held it longer than `_PATIENCE` does the
ticker give the lead to another lane; the first keeps running its guest, and long guests never block short ones. One
that runs on for `_LONG_NS` gives way to all others of the machine; nobody may take that back, so its thread ends with
it.

The ticker also moves the engines' epoch on, which is what interrupts guests, and reads the socket while the leader is
busy, so that a cancel is never stuck behind a queue.
"""

import contextlib
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial

import wasmtime

from aion import failpoints
from aion.adapters.engines.wasm.frames import FrameKind, read_load, read_run
from aion.adapters.engines.wasm.host.attempt import TICK_SECONDS, Attempt
from aion.adapters.engines.wasm.host.components import Components
from aion.adapters.engines.wasm.host.connection import Connection
from aion.adapters.engines.wasm.host.engines import Engines
from aion.adapters.engines.wasm.host.guest import GuestRunner
from aion.adapters.engines.wasm.host.loaded import LoadedComponent, LoadedModule
from aion.adapters.engines.wasm.host.output import Output
from aion.domain.attempts import AttemptResult

_log = logging.getLogger(__name__)
_PATIENCE_NS = 20_000_000
_LONG_NS = 200_000_000
_NICENESS = 10
_IDLE_TICKS = 100


class Lane:
    """One thread. `busy_since` is zero while no guest runs on it; `gives_way` when others of the machine go first."""

    def __init__(self, runner: GuestRunner) -> None:
        self.runner = runner
        self.wakes = threading.Event()
        self.busy_since = 0
        self.thread = threading.get_native_id()
        self.gives_way = False


class Lanes:
    """All lanes of a host, the queue they share, and the ticker. `run` serves until the supervisor is gone."""

    def __init__(self, connection: Connection, engines: Engines, most_lanes: int) -> None:
        self._connection = connection
        self._engines = engines
        self._most_lanes = most_lanes
        self._components = Components(engines.for_components)
        self._modules: dict[int, LoadedModule | LoadedComponent] = {}
        self._attempts: dict[int, Attempt] = {}
        self._queue: deque[Attempt] = deque()
        self._reading = threading.Lock()
        self._lead = threading.Condition()
        self._leader: Lane | None = None
        self._lanes = 0
        self._busy: set[Lane] = set()
        # A thread is as nice as the one that starts it: the ticker starts those that follow one that gave way.
        self._threadless: deque[GuestRunner] = deque()
        self._waiting = 0
        self._work = threading.Event()

    def run(self, on_end: Callable[[BaseException], None]) -> None:
        """Starts the first lane and ticks; `on_end` is called, from any thread, with what ended the host."""
        self._on_end = on_end
        self._start_lane()
        with self._ending():
            self._tick()

    @contextlib.contextmanager
    def _ending(self) -> Iterator[None]:
        try:
            yield
        except BaseException as cause:  # noqa: BLE001 a lane that ends would leave a host that looks alive
            self._on_end(cause)

    def _start_lane(self) -> None:
        self._lanes += 1
        self._start_thread(GuestRunner(self._engines, self._components, self._modules))

    def _start_thread(self, runner: GuestRunner) -> None:
        threading.Thread(target=self._serve, args=(runner,), name="lane", daemon=True).start()

    def _serve(self, runner: GuestRunner) -> None:
        with self._ending():
            lane = Lane(runner)
            while True:
                with self._lead:
                    while self._leader is not None and not lane.gives_way:
                        self._waiting += 1
                        self._lead.wait()
                        self._waiting -= 1
                    if lane.gives_way:
                        break
                    self._leader = lane
                while self._leader is lane:
                    self._run(lane, self._next())
            self._threadless.append(runner)
            self._work.set()

    def _next(self) -> Attempt:
        with self._reading:
            while not self._queue:
                self._take_frames(wait=True)
            return self._queue.popleft()

    def _take_frames(self, *, wait: bool) -> None:
        for kind, number, payload in self._connection.receive(wait=wait):
            if kind == FrameKind.RUN:
                order = read_run(payload)
                send = partial(self._connection.events, number)
                output = Output(send, logs_granted="log" in order.granted)
                attempt = self._attempts[number] = Attempt(number, order, output)
                self._queue.append(attempt)
                if not self._work.is_set():
                    self._work.set()
            elif kind == FrameKind.CANCEL:
                if canceled := self._attempts.get(number):
                    canceled.cancel()
            elif kind == FrameKind.LOAD:
                self._load(number, payload)
            elif kind == FrameKind.UNLOAD:
                # The supervisor sends it when no attempt of the slot is left.
                self._modules.pop(number, None)
            else:
                raise ValueError(f"the supervisor sent a frame of unknown kind {kind}")

    def _load(self, slot: int, payload: bytes) -> None:
        order = read_load(payload)
        try:
            if order.component:
                self._modules[slot] = self._components.load(order.code, metered=order.metered)
            else:
                engine = self._engines.for_modules(order.metered)
                self._modules[slot] = LoadedModule(wasmtime.Module.deserialize(engine, order.code), order.metered)
        except (wasmtime.WasmtimeError, RuntimeError):
            # Attempts on this slot fail with their own error; the host is fine.
            _log.exception("wasmtime refuses a compiled module")

    def _run(self, lane: Lane, attempt: Attempt) -> None:
        lane.wakes.clear()
        attempt.wakes = lane.wakes
        lane.busy_since = time.monotonic_ns()
        self._busy.add(lane)
        failpoints.hit("host.before_run")
        result = lane.runner.run(attempt)
        failpoints.hit("host.after_run")
        self._busy.discard(lane)
        lane.busy_since = 0
        attempt.wakes = None
        self._reply(attempt, result)

    def _reply(self, attempt: Attempt, result: AttemptResult) -> None:
        del self._attempts[attempt.number]
        failpoints.hit("host.before_reply")
        self._connection.end(attempt.number, attempt.output.rest(), result)
        failpoints.hit("host.after_reply")

    def _tick(self) -> None:
        idle = 0
        while True:
            idle = 0 if self._attempts else idle + 1
            if idle > _IDLE_TICKS:
                self._work.clear()
                if not self._attempts and not self._threadless:
                    self._work.wait()
                idle = 0
            time.sleep(TICK_SECONDS)
            for engine in self._engines.all():
                engine.increment_epoch()
            while self._threadless:
                self._start_thread(self._threadless.popleft())
            self._pass_the_lead_on()
            self._let_long_ones_give_way()
            if self._attempts and self._reading.acquire(blocking=False):
                try:
                    self._take_frames(wait=False)
                    self._end_what_waits_too_long()
                finally:
                    self._reading.release()

    def _end_what_waits_too_long(self) -> None:
        """Without it an attempt that no lane takes would get the whole host killed."""
        for attempt in [attempt for attempt in self._queue if attempt.must_end()]:
            self._queue.remove(attempt)
            ending = attempt.what_ends_it()
            self._reply(attempt, AttemptResult(ending.outcome, failure=ending.failure))

    def _let_long_ones_give_way(self) -> None:
        long_since = time.monotonic_ns() - _LONG_NS
        for lane in tuple(self._busy):
            if not lane.gives_way and 0 < lane.busy_since < long_since:
                with self._lead:
                    # Whoever leads must be quick; who has ended its guest and waits for the lead, too.
                    lane.gives_way = lane is not self._leader and lane.busy_since != 0
                if lane.gives_way:
                    with contextlib.suppress(OSError):  # where it is forbidden all are equal
                        os.setpriority(os.PRIO_PROCESS, lane.thread, _NICENESS)

    def _pass_the_lead_on(self) -> None:
        leader = self._leader
        if leader is None:
            return
        since = leader.busy_since
        if not since or time.monotonic_ns() - since < _PATIENCE_NS:
            return
        with self._lead:
            if self._leader is not leader or leader.busy_since != since:
                return
            if self._waiting:
                self._leader = None
                self._lead.notify()
            elif self._lanes < self._most_lanes:
                self._leader = None
                self._start_lane()
