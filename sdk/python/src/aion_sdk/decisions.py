"""Why a task runs where it runs: the stored decision with every candidate that was weighed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RefusalReason(StrEnum):
    """The gate that refused a candidate."""

    UNKNOWN = "UNKNOWN"
    PRIVACY = "PRIVACY"
    PERMISSION = "PERMISSION"
    UNHEALTHY = "UNHEALTHY"
    DEADLINE = "DEADLINE"
    BUDGET = "BUDGET"
    ENGINE_NOT_INSTALLED = "ENGINE_NOT_INSTALLED"
    LATENCY = "LATENCY"
    DIGEST = "DIGEST"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One gate's no, with a sentence for people: limit, value and remedy."""

    reason: RefusalReason
    message: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One engine that could have run the task.

    `rank` 1 is best, 0 means refused. A lower `score` is better. `expected_cost_micros` is in micro-dollars,
    `expected_latency_ms` 0 means that nothing is known yet. `digest` names the bytes that were installed, `weight` is
    its part in the draw, None when the operator gave it none.
    """

    engine: str
    route: str
    eligible: bool
    refusals: tuple[Refusal, ...]
    rank: int
    score: float
    expected_cost_micros: int
    expected_latency_ms: int
    reason: str
    digest: str = ""
    weight: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The choice and its reasons; candidates stand best first, the refused ones last.

    `engine_digest` names the chosen engine's bytes when it was decided; when the task is `digest_pinned`, no attempt
    runs others.
    """

    engine: str
    route: str
    chosen_by: str
    reason: str
    candidates: tuple[Candidate, ...]
    policy_version: str
    decide_time: datetime | None
    engine_digest: str = ""
    digest_pinned: bool = False
