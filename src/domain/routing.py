"""Where a task may run, and why: the words in which it is asked, judged and answered. No rule is here.

`aion.domain.gates` says what is in the way of an engine, `aion.domain.ranking` which of the others is best.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final

MILLISECOND: Final = timedelta(milliseconds=1)

ENOUGH_ATTEMPTS: Final = 20
"""Below this many attempts that ended OK a p95 is chance."""
RECENT: Final = timedelta(minutes=5)
"""How long an attempt counts for its engine's p95."""

AI_ROUTER: Final = "ai-router"
POLICY_OVERRIDE: Final = "policy-override"
"""Who chose, in the contract's words: the router, or the operator by a pin that was followed."""


class Privacy(StrEnum):
    """Where the data of a task may go."""

    LOCAL_ONLY = "local-only"
    ALLOW_API = "allow-api"
    HYBRID = "hybrid"


class Route(StrEnum):
    """Where an engine computes: here, at a provider, or both."""

    LOCAL = "local"
    API = "api"
    HYBRID = "hybrid"


class RefusalReason(IntEnum):
    """The gate that refused; the numbers are the contract's."""

    PRIVACY = 1
    PERMISSION = 2
    UNHEALTHY = 3
    DEADLINE = 4
    BUDGET = 5
    ENGINE_NOT_INSTALLED = 6
    LATENCY = 7
    DIGEST = 8


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What is known of one engine before a task is decided.

    `name` is `module:NAME@VERSION` or `model:NAME`; `refusal` is why it cannot run at all, if it cannot;
    `p95` its measured latency, None while fewer than ENOUGH_ATTEMPTS are RECENT; `minimum_time` what one attempt needs
    at least;
    `cost_micros` what one attempt is expected to cost; `preference` the operator's order, lower first; `digest` names
    the bytes that are installed, `sha256:` and 64 hex digits, empty when it has none; `weight` is its part in the draw
    among the intent's engines, 0 only to stand in for others, None when the operator gave it none.
    """

    name: str
    route: Route
    installed: bool = True
    refusal: str = ""
    required_scope: str = ""
    p95: timedelta | None = None
    minimum_time: timedelta = timedelta(milliseconds=1)
    cost_micros: int = 0
    preference: int = 0
    digest: str = ""
    weight: int | None = None


@dataclass(frozen=True, slots=True)
class RoutingQuestion:
    """What a decision depends on besides the engines. `draw` is the task's identity, by which weights are drawn."""

    intent: str
    privacy: Privacy
    may: Callable[[str], bool]
    time_left: timedelta
    budget_micros: int | None = None
    promised_p95: timedelta | None = None
    preferred_engine: str = ""
    pinned_engine: str = ""
    draw: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One gate's no, with the facts in a sentence."""

    reason: RefusalReason
    message: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One engine and what was thought of it; `rank` is 0 for a refused one, 1 for the best."""

    engine: str
    route: Route
    refusals: tuple[Refusal, ...]
    reason: str
    rank: int = 0
    score: float = 0.0
    expected_cost_micros: int = 0
    expected_latency: timedelta | None = None
    digest: str = ""
    weight: int | None = None

    @property
    def eligible(self) -> bool:
        """Whether every gate let it pass."""
        return not self.refusals


# Without slots, so that `at` can copy it at once: most tasks have the decision of one before, at another time.
@dataclass(frozen=True)
class Decision:
    """The stored answer: the chosen engine and every candidate, best first, refused ones last.

    `engine_digest` names the bytes that were installed when it was decided. When it is `digest_pinned`, because client
    or policy asked for these bytes, no attempt runs others; `client_pinned` says that the client did.
    """

    engine: str
    route: Route
    chosen_by: str
    reason: str
    candidates: tuple[Candidate, ...]
    policy_version: str
    decide_time: datetime
    engine_digest: str = ""
    digest_pinned: bool = False
    client_pinned: bool = False

    @property
    def pinned_digest(self) -> str:
        """The bytes that an attempt must run; empty when any of the engine's will do."""
        return self.engine_digest if self.digest_pinned else ""

    def at(self, time: datetime) -> "Decision":
        """The same decision, made at this time. Like `dataclasses.replace`, several times as fast."""
        decision = object.__new__(Decision)
        decision.__dict__.update(self.__dict__, decide_time=time)
        return decision


def digest_of(reference: str) -> str:
    """What stands behind the name of an engine that is pinned to bytes, as in `module:NAME@sha256:HEX`; else empty.

    Whatever has a colon counts as a digest, so that one that is misspelt fits no engine. What is neither that nor a
    version is refused before anything is decided: see Catalog.engine_meant.
    """
    said = reference.rpartition("@")[2] if "@" in reference else ""
    return said if ":" in said else ""


def is_named(engine: str, name: str, digest: str = "") -> bool:
    """Whether `name` means this engine, which has these bytes.

    Without a version it means any of its versions, empty any engine; with a digest only what has just these bytes.
    """
    if wanted := digest_of(name):
        return digest == wanted and is_named(engine, name.removesuffix(f"@{wanted}"))
    return not name or name in (engine, engine.partition("@")[0])


def whole_ms(duration: timedelta) -> int:
    """A duration as people read it in a reason."""
    return round(duration / MILLISECOND)
