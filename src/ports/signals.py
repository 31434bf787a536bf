"""Who wakes whom. A signal says 'look again'; it carries no data, and losing one costs time, never truth."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol


class Subscription(Protocol):
    """Wakes one waiter whenever its subject changed since the last wait (level-triggered: no change is missed)."""

    async def changed(self, timeout: float) -> bool:  # a wait that may end without news
        """True as soon as the subject changed since the last call; False after `timeout` seconds."""
        ...


class WorkSignals(Protocol):
    """What a worker is told: that there is work, and that some should end. Short cuts, on which nothing depends."""

    def listen_for_cancels(self, listener: Callable[[str, str], None]) -> AbstractContextManager[None]:
        """Calls `listener(tenant, task_id)` in the event loop for every RUNNING task that should be canceled.

        A short cut for workers in this process: a worker also learns of cancels when it renews its leases.
        """
        ...

    def watch_work(self) -> AbstractContextManager[Subscription]:
        """Subscribes to arriving work."""
        ...


class Signals(WorkSignals, Protocol):
    """Notices within a process, or between processes that share a store. Notify only after the commit."""

    def task_changed(self, tenant: str, task_id: str) -> None:
        """The task or its log grew."""
        ...

    def work_arrived(self) -> None:
        """A task may be claimed."""
        ...

    def cancel_requested(self, tenant: str, task_id: str) -> None:
        """A RUNNING task should be canceled."""
        ...

    def watch_task(self, tenant: str, task_id: str) -> AbstractContextManager[Subscription]:
        """Subscribes to one task. Subscribe, then read, then wait: so nothing is missed."""
        ...
