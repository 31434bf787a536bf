"""Signals within one process: plain callbacks in one event loop.

All of it must be called in the loop's own thread; a store that commits elsewhere hands its notices over first. A
subject that nobody watches costs one failed look into a dictionary.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from aion.ports.signals import Signals, Subscription


class ProcessSubscription:
    """A flag that stays up until it is seen, and the one future that waits for it."""

    def __init__(self) -> None:
        self._changed = False
        self._waiter: asyncio.Future[bool] | None = None

    def notify(self) -> None:
        """The subject changed."""
        self._changed = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(True)

    async def changed(self, timeout: float) -> bool:
        """True as soon as the subject changed since the last call; False after `timeout` seconds."""
        if not self._changed and timeout > 0:
            loop = asyncio.get_running_loop()
            waiter = self._waiter = loop.create_future()
            timer = loop.call_later(timeout, _give_up, waiter)
            try:
                await waiter
            finally:
                timer.cancel()
                self._waiter = None
        seen, self._changed = self._changed, False
        return seen


class ProcessSignals:
    """The Signals of one process."""

    def __init__(self) -> None:
        self._tasks: dict[tuple[str, str], list[ProcessSubscription]] = {}
        self._work: list[ProcessSubscription] = []
        self._cancel_listeners: list[Callable[[str, str], None]] = []

    def task_changed(self, tenant: str, task_id: str) -> None:
        """The task or its log grew."""
        for subscription in self._tasks.get((tenant, task_id), ()):
            subscription.notify()

    def work_arrived(self) -> None:
        """A task may be claimed."""
        for subscription in self._work:
            subscription.notify()

    def cancel_requested(self, tenant: str, task_id: str) -> None:
        """A RUNNING task should be canceled."""
        for listener in tuple(self._cancel_listeners):
            listener(tenant, task_id)

    @contextmanager
    def listen_for_cancels(self, listener: Callable[[str, str], None]) -> Iterator[None]:
        """Calls `listener(tenant, task_id)` for every RUNNING task that should be canceled."""
        self._cancel_listeners.append(listener)
        try:
            yield
        finally:
            self._cancel_listeners.remove(listener)

    def watch_task(self, tenant: str, task_id: str) -> AbstractContextManager[Subscription]:
        """Subscribes to one task."""
        return _Watch(self._tasks, (tenant, task_id))

    def watch_work(self) -> AbstractContextManager[Subscription]:
        """Subscribes to arriving work."""
        return self._watch_work()

    @contextmanager
    def _watch_work(self) -> Iterator[Subscription]:
        subscription = ProcessSubscription()
        self._work.append(subscription)
        try:
            yield subscription
        finally:
            self._work.remove(subscription)


class _Watch:
    """One subscription to a task. Every call that waits makes one, and a generator costs three times as much."""

    __slots__ = ("_key", "_subscription", "_tasks")

    def __init__(self, tasks: dict[tuple[str, str], list[ProcessSubscription]], key: tuple[str, str]) -> None:
        self._tasks = tasks
        self._key = key
        self._subscription = ProcessSubscription()

    def __enter__(self) -> Subscription:
        self._tasks.setdefault(self._key, []).append(self._subscription)
        return self._subscription

    def __exit__(self, *_: object) -> None:
        watching = self._tasks[self._key]
        watching.remove(self._subscription)
        if not watching:
            del self._tasks[self._key]


def _give_up(waiter: asyncio.Future[bool]) -> None:
    if not waiter.done():
        waiter.set_result(False)


if TYPE_CHECKING:
    _signals: type[Signals] = ProcessSignals
