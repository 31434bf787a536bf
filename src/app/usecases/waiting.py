"""Wait for a task to end, in one of a bounded number of slots."""

from collections import Counter
from contextlib import AbstractContextManager
from datetime import timedelta

from aion.domain.errors import TooManyWaiters
from aion.domain.identity import Caller
from aion.domain.tasks import Task
from aion.ports.clock import Clock
from aion.ports.signals import Signals
from aion.ports.tasks import TaskReader


class Slots:
    """A bounded number of calls at once, of which one tenant may hold half; one more is refused at once, with a hint
    when to come back. Two slots or one are too few to be shared out.
    """

    def __init__(self, what: str, limit: int) -> None:
        self._what = what
        self._limit = limit
        self._share = limit // 2 if limit > 2 else limit
        self._by_tenant: Counter[str] = Counter()
        self.taken = 0

    def take(self, tenant: str) -> AbstractContextManager[None]:
        """Holds a slot while the block runs. Entering raises TooManyWaiters."""
        return _Slot(self, tenant)

    def fill(self, tenant: str) -> None:
        """Takes a slot. Raises TooManyWaiters."""
        held = self._by_tenant.get(tenant, 0)
        if self.taken >= self._limit:
            raise _full(f"{self._limit} {self._what} are open, which is the limit")
        if held >= self._share:
            raise _full(f"{self._share} {self._what} of your tenant are open, which is its limit")
        self.taken += 1
        self._by_tenant[tenant] = held + 1

    def leave(self, tenant: str) -> None:
        """Gives one back."""
        self.taken -= 1
        self._by_tenant[tenant] -= 1
        if not self._by_tenant[tenant]:
            del self._by_tenant[tenant]


class _Slot:
    """One slot while a block runs. Every call that waits makes one, and a generator costs three times as much."""

    __slots__ = ("_slots", "_tenant")

    def __init__(self, slots: Slots, tenant: str) -> None:
        self._slots = slots
        self._tenant = tenant

    def __enter__(self) -> None:
        self._slots.fill(self._tenant)

    def __exit__(self, *_: object) -> None:
        self._slots.leave(self._tenant)


def _full(sentence: str) -> TooManyWaiters:
    return TooManyWaiters(f"{sentence}; try again later", retry_after=timedelta(seconds=1))


class TaskWaiter:
    """Answers with a task when it has ended, or as it is when time is up."""

    def __init__(self, reader: TaskReader, signals: Signals, clock: Clock, slots: Slots) -> None:
        self._reader = reader
        self._signals = signals
        self._clock = clock
        self._slots = slots

    def slot(self, tenant: str) -> AbstractContextManager[None]:
        """Holds one waiter's slot. Raises TooManyWaiters."""
        return self._slots.take(tenant)

    async def until_ended(self, caller: Caller, task: Task, wait: timedelta) -> Task:
        """The task once it has ended, else as it is after `wait` or at the call's deadline."""
        seconds = wait.total_seconds()
        if caller.deadline is not None:
            # Leave the answer a little time to travel before the deadline cuts the call.
            left = (caller.deadline - self._clock.now()).total_seconds()
            seconds = min(seconds, left - min(0.05, left / 10))
        until = self._clock.monotonic() + seconds
        with self._signals.watch_task(task.tenant, task.task_id) as subscription:
            while True:
                task = await self._reader.get(task.tenant, task.task_id)
                left = until - self._clock.monotonic()
                if task.state.ended or left <= 0:
                    return task
                await subscription.changed(left)
