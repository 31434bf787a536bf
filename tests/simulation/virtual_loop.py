"""An event loop without time and without input: when nobody has anything to do, it is the next timer's time.

It runs several simulated processes. Within one of them callbacks run in the order in which they were registered, as
asyncio promises; which process goes on next is drawn from the seed. A process can be stopped for a while, and it can be
killed: then none of its callbacks runs again and its coroutines are gone, whatever they were about to do.
"""

import asyncio
from asyncio import BaseEventLoop, Task
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from heapq import heappop, heappush
from math import ceil
from typing import Any

from tests.simulation.chance import Chance

MOST_TURNS_AT_ONCE = 50_000
"""So many turns without any time passing are a loop that never ends."""

_LONGEST_BURST = 6
_TURNS_AT_ONCE = 500
_TICK = 1e-3  # of a microsecond: a sum of floats is no reason to be later
_MOST_CLOSINGS = 20


class Livelock(AssertionError):
    """Callbacks followed each other without end and no time passed."""


class Callback:
    """One call to come; asyncio's own Handle costs more, and says no more."""

    __slots__ = ("args", "callback", "cancelled_", "context", "due")

    def __init__(
        self, callback: Callable[..., object], args: tuple[object, ...], context: Context, due: float = 0.0
    ) -> None:
        self.callback = callback
        self.args = args
        self.context = context
        self.due = due
        self.cancelled_ = False

    def cancel(self) -> None:
        self.cancelled_ = True

    def cancelled(self) -> bool:
        return self.cancelled_

    def when(self) -> float:
        return self.due


class Process:
    """What lives and dies together: callbacks and coroutines of one simulated process."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.alive = True
        self.stopped = False
        self.waits = False
        """Whether it stands among those that have something to do."""

        self.ready: deque[Callback] = deque()
        self.tasks: list[Task[Any]] = []

    def note(self, task: "Task[Any]") -> None:
        """Remembers a coroutine; those that have ended are forgotten now and then."""
        if len(self.tasks) > 200:
            self.tasks = [known for known in self.tasks if not known.done()]
        self.tasks.append(task)


_process: ContextVar[Process] = ContextVar("process")


class VirtualLoop(BaseEventLoop):
    """Runs processes in virtual time."""

    def __init__(self, chance: Chance) -> None:
        super().__init__()
        self.failures: list[str] = []
        self.callbacks = 0
        self.ended = False
        self._chance = chance
        self._now_us = 0
        self._timers: list[tuple[int, int, Callback, Process]] = []
        self._timers_made = 0
        self._without_time = 0
        self._world = Process("world")
        self.outside = Context()
        """What is scheduled in it belongs to no process: messages under way, the hand that breaks things."""

        self._active: list[Process] = []
        self._processes: dict[Process, None] = {self._world: None}
        self.set_exception_handler(self._failed)

    def time(self) -> float:
        """Virtual seconds since the beginning."""
        return self._now_us / 1e6

    @property
    def now_us(self) -> int:
        """Virtual microseconds since the beginning."""
        return self._now_us

    def spawn(
        self, process: Process, work: Coroutine[Any, Any, Any], done: Callable[["Task[Any]"], None] | None = None
    ) -> "Task[Any]":
        """Starts a coroutine in a process. `done` is called in the process of whoever calls this."""
        self._processes[process] = None
        context = copy_context()
        context.run(_process.set, process)
        task: Task[Any] = Task(work, loop=self, context=context)
        process.note(task)
        if done is not None:
            task.add_done_callback(done)
        return task

    def later_outside(self, delay: float, callback: Callable[..., object], *args: object) -> None:
        """Calls something after a while that belongs to no process, whoever asks for it."""
        self.call_later(delay, callback, *args, context=self.outside)

    def stop_process(self, process: Process) -> None:
        """Takes the processor away; what comes meanwhile waits."""
        process.stopped = True
        self._leave(process)

    def continue_process(self, process: Process) -> None:
        """Goes on where it was stopped, at a later time."""
        process.stopped = False
        self._join(process)

    def kill_process(self, process: Process) -> None:
        """The process is gone between two of its steps; what its coroutines were about to do never happens."""
        process.alive = False
        process.ready.clear()
        self._leave(process)

    # What BaseEventLoop asks of a loop.

    def call_soon(self, callback: Callable[..., object], *args: object, context: Context | None = None) -> Callback:  # type: ignore[override]
        """Calls it when its process has its turn."""
        if context is None:
            context = copy_context()
        process = context.get(_process, self._world)
        handle = Callback(callback, args, context)
        if process.alive:
            process.ready.append(handle)
            if not process.waits:
                self._join(process)
        return handle

    call_soon_threadsafe = call_soon

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> Callback:
        """Calls it at a virtual time."""
        return self._set_timer(max(ceil(when * 1e6 - _TICK), self._now_us), callback, args, context)

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> Callback:
        """Calls it after so much virtual time; however short that is, time passes."""
        passing = max(ceil(delay * 1e6 - _TICK), 1) if delay > 0 else 0
        return self._set_timer(self._now_us + passing, callback, args, context)

    def _set_timer(
        self, due: int, callback: Callable[..., object], args: tuple[object, ...], context: Context | None
    ) -> Callback:
        if context is None:
            context = copy_context()
        timer = Callback(callback, args, context, due / 1e6)
        self._timers_made += 1
        heappush(self._timers, (due, self._timers_made, timer, context.get(_process, self._world)))
        return timer

    def create_task(
        self, coro: Coroutine[Any, Any, Any], *, name: object = None, context: Context | None = None
    ) -> "Task[Any]":
        """A coroutine of the process that asks for it."""
        task: Task[Any] = Task(coro, loop=self, context=context)
        _process.get(self._world).note(task)
        return task

    def end(self) -> None:
        """The world is over: what still stands in memory is taken down, and nobody hears of it."""
        self.ended = True
        for process in self._processes:
            process.alive = False
            for task in process.tasks:
                task._log_destroy_pending = False
                if not task.done():
                    _dispose(task.get_coro())
        self._timers.clear()
        self.close()

    def _run_once(self) -> None:
        for _ in range(_TURNS_AT_ONCE):
            if self._active:
                self._run_some()
            else:
                self._pass_time()
            if self._stopping:
                return

    def _run_some(self) -> None:
        """One process has its turn."""
        active = self._active
        if len(active) > 1:
            process = self._chance.one_of(active)
            burst = self._chance.whole(1, _LONGEST_BURST)
        else:
            process = active[0]
            burst = len(process.ready)
        ready = process.ready
        for _ in range(burst):
            handle = ready.popleft()
            if not handle.cancelled_:
                self._call(handle)
            if not ready or process.stopped:
                break
        if not ready:
            self._leave(process)
        self._without_time += 1
        if self._without_time > MOST_TURNS_AT_ONCE:
            raise Livelock(f"callbacks of {process.name} followed each other without end at {self.time():.6f} s")

    def _call(self, handle: Callback) -> None:
        self.callbacks += 1
        try:
            handle.context.run(handle.callback, *handle.args)
        except Exception as error:  # noqa: BLE001 - as asyncio does: a callback that raises harms no other
            self._failed(self, {"message": f"{handle.callback} raised", "exception": error})

    def _pass_time(self) -> None:
        timers = self._timers
        while timers:
            when, _, timer, process = heappop(timers)
            if timer.cancelled_ or not process.alive:
                continue
            if when > self._now_us:
                self._now_us, self._without_time = when, 0
            process.ready.append(timer)
            self._join(process)
            return
        raise Livelock("everybody waits and no timer is set")

    def _join(self, process: Process) -> None:
        if process.ready and not process.waits and not process.stopped:
            process.waits = True
            self._active.append(process)

    def _leave(self, process: Process) -> None:
        if process.waits:
            process.waits = False
            self._active.remove(process)

    def _process_events(self, event_list: object) -> None:
        """There is no input."""

    def _write_to_self(self) -> None:
        """Nobody sleeps."""

    def _asyncgen_finalizer_hook(self, generator: Any) -> None:
        if not self.ended:
            super()._asyncgen_finalizer_hook(generator)

    def _timer_handle_cancelled(self, handle: object) -> None:
        """It is left out when its time comes."""

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if self.ended:
            return
        error = context.get("exception")
        self.failures.append(f"{context.get('message')}: {error!r}")


def _dispose(coroutine: Any) -> None:
    """Ends a coroutine; what it wants to await while it ends never happens."""
    for _ in range(_MOST_CLOSINGS):
        try:
            coroutine.close()
        except RuntimeError:
            continue  # it awaited something instead of ending: closed again, it leaves that, too
        except BaseException:  # noqa: BLE001 - whatever a dying coroutine raises, nobody is there to hear it
            return
        else:
            return
    raise AssertionError(f"{coroutine!r} does not end when it is closed")
