"""What a worker apart is told without asking: nothing. Its claim waits at the server, cancels come with renewals."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from aion.ports.signals import Subscription, WorkSignals


class _LookAgain:
    """A claim that came back empty has waited long enough."""

    async def changed(self, timeout: float) -> bool:
        """True at once: the look itself waits."""
        await asyncio.sleep(0)
        return True


class RemoteSignals:
    """The WorkSignals of a worker apart."""

    def listen_for_cancels(self, listener: Callable[[str, str], None]) -> AbstractContextManager[None]:
        """Never calls: a renewal, once a second, tells which tasks should be canceled."""
        return nullcontext()

    def watch_work(self) -> AbstractContextManager[Subscription]:
        """Always says: look again."""
        return nullcontext(_LookAgain())


if TYPE_CHECKING:
    _: type[WorkSignals] = RemoteSignals
