"""What happens to the tasks of one intent, written down by a test in the order in which it happens."""

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Self

from aion_sdk.requests import TaskSpec
from aion_sdk.testing.refusals import RefusedCall

Answer = Any | Callable[[TaskSpec], Any]
"""A JSON value, or what makes one from the request."""


class Act(Enum):
    """One thing that happens while a task runs."""

    TOKEN = "TOKEN"  # noqa: S105 - a piece of text, no secret
    LOG = "LOG"
    PARTIAL = "PARTIAL"
    RESET = "RESET"
    HOLD = "HOLD"
    OK = "OK"
    ERROR = "ERROR"
    TIMEOUT = "TIMEOUT"


ENDS = frozenset({Act.OK, Act.ERROR, Act.TIMEOUT})


@dataclass(frozen=True, slots=True)
class Step:
    """An act with what belongs to it: a text, a value, or a reason."""

    act: Act
    text: str = ""
    value: Any = None


@dataclass(slots=True)
class Outcome:
    """What happens to one task, or with which words it is refused."""

    steps: list[Step] = field(default_factory=list)
    refusal: RefusedCall | None = None

    @property
    def closed(self) -> bool:
        """Whether nothing can follow."""
        return self.refusal is not None or bool(self.steps and self.steps[-1].act in ENDS)


class Script:
    """The outcomes of an intent, one for each task; the last one stays.

    `streams`, `logs`, `shows`, `restarts` and `holds` say what happens on the way; `returns`, `fails`, `times_out` and
    `refuses` end an outcome, and what follows them is the next task's. An outcome that is left open ends OK with
    `{"text": ...}`, the text that it streamed.
    """

    def __init__(self) -> None:
        self._outcomes: list[Outcome] = []
        self._taken = 0
        self._lock = threading.Lock()

    def streams(self, pieces: Iterable[str]) -> Self:
        """Write pieces of text, one TOKEN event each."""
        return self._add(*(Step(Act.TOKEN, piece) for piece in pieces))

    def logs(self, *lines: str) -> Self:
        """Write LOG events."""
        return self._add(*(Step(Act.LOG, line) for line in lines))

    def shows(self, *snapshots: Any) -> Self:
        """Write PARTIAL events."""
        return self._add(*(Step(Act.PARTIAL, value=snapshot) for snapshot in snapshots))

    def restarts(self) -> Self:
        """Lose the attempt: a RESET voids its events, the next attempt begins."""
        return self._add(Step(Act.RESET))

    def holds(self) -> Self:
        """Stay RUNNING here until the test calls `release`, or the task is canceled."""
        return self._add(Step(Act.HOLD))

    def returns(self, result: Answer) -> Self:
        """End OK with a JSON value, or with what a function makes of the TaskSpec; what it raises is the failure."""
        if not callable(result):
            json.dumps(result, allow_nan=False)
        return self._add(Step(Act.OK, value=result))

    def fails(self, reason: str = "MODULE_FAILED", message: str = "the fake was told to fail") -> Self:
        """End ERROR with a reason."""
        return self._add(Step(Act.ERROR, message, reason))

    def times_out(self, reason: str = "TASK_EXPIRED", message: str = "the fake was told to time out") -> Self:
        """End TIMEOUT with a reason."""
        return self._add(Step(Act.TIMEOUT, message, reason))

    def refuses(
        self,
        reason: str,
        message: str = "the fake was told to refuse",
        *,
        retry_after: float | None = None,
        violations: Mapping[str, str] | None = None,
    ) -> Self:
        """Refuse the submission; nothing is accepted. Raises ValueError for a reason that is none of a refused call."""
        self._open().refusal = RefusedCall(reason, message, retry_after=retry_after, violations=violations)
        return self

    def peek(self) -> Outcome:
        """Return what the next task gets."""
        with self._lock:
            return self._outcomes[min(self._taken, len(self._outcomes) - 1)] if self._outcomes else Outcome()

    def take(self) -> None:
        """Count the outcome of `peek` as used."""
        with self._lock:
            self._taken += 1

    def _add(self, *steps: Step) -> Self:
        self._open().steps.extend(steps)
        return self

    def _open(self) -> Outcome:
        if not self._outcomes or self._outcomes[-1].closed:
            self._outcomes.append(Outcome())
        return self._outcomes[-1]
