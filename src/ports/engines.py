"""Runs one attempt in isolation. What it runs, it does not trust."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from aion.domain.attempts import AttemptResult
from aion.domain.events import NewEvent

EmitEvents = Callable[[Sequence[NewEvent]], None]


@dataclass(frozen=True, slots=True)
class EngineJob:
    """One attempt for an engine.

    `engine` is the candidate's name (`module:summarize@1.0.0`). `input_json` is one JSON object. `timeout` bounds the
    guest, from when it has a host; `patience` bounds the wait for the host and the guest together: what is left to
    the task. `seed` is what a module draws from when true randomness is not granted: the same for every attempt of a
    task, and another for every task. `alone` asks that no other attempt shares its host process.
    """

    tenant: str
    task_id: str
    attempt: int
    engine: str
    input_json: str
    timeout: timedelta
    seed: bytes
    alone: bool = False
    traceparent: str = ""
    patience: timedelta = timedelta.max


class Engine(Protocol):
    """Runs attempts of one kind of engine.

    Whatever the guest does, it is ended within `timeout` plus one second of getting a host, and no other attempt is
    harmed. `run` raises nothing but CancelledError: a failure of the guest is FAILED or TIMEOUT with its failure, a
    host that died with the guest is LOST. A guest that got no host within a bounded wait never ran: LOST with the
    failure code HANDED_BACK. Cancelling the coroutine ends the guest within two seconds.
    """

    async def run(self, job: EngineJob, emit: EmitEvents) -> AttemptResult:
        """Runs the job; `emit` is called with events in order while the guest runs, and never after `run` returned."""
        ...

    async def close(self) -> None:
        """Ends every host process. The container that opened the engine closes it."""
        ...
