"""Runs one attempt in isolation. What it runs, it does not trust."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple, Protocol

from aion.domain.attempts import AttemptResult
from aion.domain.caps import NO_CAPS, Caps
from aion.domain.events import NewEvent

EmitEvents = Callable[[Sequence[NewEvent]], None]


# A tuple with names: every attempt makes one, and a frozen dataclass costs twice as much.
class EngineJob(NamedTuple):
    """One attempt for an engine.

    `engine` is the candidate's name (`module:summarize@1.0.0`). `input_json` is one JSON object. `timeout` bounds the
    guest, from when it has a host; `patience` bounds the wait for the host and the guest together: what is left to
    the task. `seed` is what a module draws from when true randomness is not granted: the same for every attempt of a
    task, and another for every task. `alone` asks that no other attempt shares its host process. `digest` names the
    bytes that the task is pinned to (`sha256:` and 64 hex digits), empty when any of the engine's will do. `caps` is
    what the tenant may have at most, whatever the engine itself would allow.
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
    digest: str = ""
    caps: Caps = NO_CAPS


class Engine(Protocol):
    """Runs attempts of one kind of engine.

    Whatever the guest does, it is ended within `timeout` plus one second of getting a host, and no other attempt is
    harmed. `run` raises nothing but CancelledError: a failure of the guest is FAILED or TIMEOUT with its failure, a
    host that died with the guest is LOST. A guest that got no place in a host within a bounded wait never ran: LOST
    with the failure code NO_TURN; so did one that waited in vain for its turn where an engine bounds how many of its
    attempts run at once. However many attempts one tenant has, others find a place beside them. An engine that calls
    itself deterministic answers the same input with the same result and the same fuel, whatever the seed. Cancelling
    the coroutine ends the guest within two seconds. A job with a `digest` runs these bytes or none: an engine that has
    others fails it with ENGINE_UNAVAILABLE. Of whatever ran the result says the digest.
    """

    async def run(self, job: EngineJob, emit: EmitEvents) -> AttemptResult:
        """Runs the job; `emit` is called with events in order while the guest runs, and never after `run` returned."""
        ...

    async def close(self) -> None:
        """Ends every host process. The container that opened the engine closes it."""
        ...
