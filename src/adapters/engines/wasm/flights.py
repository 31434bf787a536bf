"""Attempts that a host has: what is still owed to whoever waits for them."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from aion.domain.attempts import NO_TURN, AttemptOutcome, AttemptResult, Failure
from aion.domain.events import NewEvent
from aion.ports.engines import EmitEvents

_log = logging.getLogger(__name__)

LOST = AttemptResult(
    AttemptOutcome.LOST, failure=Failure("ENGINE_UNAVAILABLE", "the process that ran the attempt was lost")
)
NO_HOST = AttemptResult(
    AttemptOutcome.LOST, failure=Failure(NO_TURN, "no host process had a place for it; it waits for its next turn")
)
OUT_OF_TURN = AttemptResult(
    AttemptOutcome.LOST,
    failure=Failure(NO_TURN, "as many attempts of its module as may run at once did; it waits for its next turn"),
)
COMPILING = AttemptResult(
    AttemptOutcome.LOST, failure=Failure(NO_TURN, "its module is still being compiled; it waits for its next turn")
)
OVERDUE = AttemptResult(
    AttemptOutcome.TIMEOUT,
    failure=Failure(
        "ATTEMPT_TIMEOUT",
        "the module was still running when the time of its attempt was over, and its process had to be killed; raise "
        "policies.timeout_ms in its manifest, or send less input",
    ),
)


def unavailable(why: str) -> AttemptResult:
    """This engine cannot run the attempt, now or later; `why` says what to do."""
    return AttemptResult(AttemptOutcome.FAILED, failure=Failure("ENGINE_UNAVAILABLE", why, retryable=False))


@dataclass(slots=True)
class Flight:
    """One attempt in a host, of the module in `slot`. `kill_at_ns` is when its host is killed if it still runs."""

    landed: asyncio.Future[AttemptResult]
    emit: EmitEvents
    kill_at_ns: int
    memory_bytes: int
    slot: int
    is_over: Callable[[], None]

    def pass_on(self, events: list[NewEvent]) -> None:
        """Gives events to whoever waits, unless nobody does any more."""
        if self.landed.done():
            return
        try:
            self.emit(events)
        except Exception:  # noqa: BLE001 whoever listens must not end the others of this host
            _log.exception("events of an attempt could not be passed on; the attempt is given up")
            self.land(LOST)

    def land(self, result: AttemptResult) -> None:
        """The attempt is over."""
        if not self.landed.done():
            self.landed.set_result(result)
