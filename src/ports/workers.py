"""A worker in the same process, as the accepting side sees it: a slot may be reserved for an eager start."""

from datetime import timedelta
from typing import Protocol

from aion.domain.tasks import Task


class EagerWorker(Protocol):
    """Runs a task at once that was accepted together with its lease."""

    @property
    def owner(self) -> str:
        """The worker's incarnation, which owns the leases."""
        ...

    @property
    def lease_for(self) -> timedelta:
        """How long its leases last."""
        ...

    def reserve(self, tenant: str) -> bool:
        """Takes a free slot; False when there is none, the tenant has its share, or the worker drains."""
        ...

    def release(self, tenant: str) -> None:
        """Gives a reserved slot back unused."""
        ...

    def start(self, task: Task) -> None:
        """Starts the attempt of a RUNNING task whose lease it holds, in the reserved slot. After the commit."""
        ...
