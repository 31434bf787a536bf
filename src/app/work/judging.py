"""Whether an attempt came to what its engine or its worker says: the one judgement of results, wherever they are made.

A worker judges what its engine answers. What a worker apart settles with is judged again at the server's door: it
stands on another machine, in another hand, and is trusted with no more than its own attempts.
"""

from dataclasses import replace
from typing import Final

from aion.domain.attempts import (
    FAILURE_CODES,
    GIVEN_BACK,
    MOST_FAILURE_MESSAGE,
    AttemptOutcome,
    AttemptResult,
    Failure,
)
from aion.domain.errors import FieldViolation, ValidationFailed
from aion.domain.tasks import Task
from aion.ports.catalog import JudgeResult
from aion.ports.usecases import MAX_RESULT_BYTES

MOST_HAND_BACKS: Final = 20
"""How often in a row a worker apart may hand back one task, as if it shut down, before it counts as a loss: else it
could keep the task from its end for ever. What had no turn does not count, since the line may be long, unless it cost
something and so stayed on record.
"""

_NEED_A_FAILURE: Final = frozenset({AttemptOutcome.FAILED, AttemptOutcome.TIMEOUT})


def kept(result: AttemptResult, judge: JudgeResult | None) -> AttemptResult:
    """The result if it keeps its schema and the size limit, else the failure that it is.

    `judge` is what the catalogue gave when the attempt began: it may say something else by now, or not know the module.
    """
    if result.outcome is not AttemptOutcome.OK or result.result_json is None:
        return result
    if len(result.result_json) > MAX_RESULT_BYTES or len(result.result_json.encode()) > MAX_RESULT_BYTES:
        message = f"the result is larger than {MAX_RESULT_BYTES} bytes, the most that AION keeps"
        return _failed(result, Failure("RESULT_TOO_LARGE", message, retryable=False))
    if judge is None:
        message = "neither its intent nor its module is known here any more, so that its result cannot be checked"
        return _failed(result, Failure("ENGINE_UNAVAILABLE", message, retryable=False))
    problem = judge(result.result_json)
    if problem is not None:
        return _failed(result, Failure("OUTPUT_SCHEMA_VIOLATION", problem[:MOST_FAILURE_MESSAGE]))
    return result


def check_words(result: AttemptResult) -> None:
    """Raises ValidationFailed for a failure that an attempt which ended so cannot have."""
    failure, outcome = result.failure, result.outcome
    if failure is None and outcome not in _NEED_A_FAILURE:
        return
    if failure is None or failure.code not in FAILURE_CODES[outcome]:
        words = ", ".join(sorted(FAILURE_CODES[outcome])) or "none"
        said = failure.code if failure is not None else "none"
        raise ValidationFailed(
            f"failure.code {said[:64]!r} does not fit an attempt that ended {outcome.name}; it may be {words}",
            violations=(FieldViolation("failure.code", f"must be {words}"),),
        )


def judged(result: AttemptResult, task: Task, fence: int, owner: str, judge: JudgeResult | None) -> AttemptResult:
    """What a result of `owner`, a worker apart, counts as: the same each time that it is sent."""
    if result.failure is not None:
        failure = result.failure
        if failure.code in GIVEN_BACK and _hand_backs(task, fence, owner) >= MOST_HAND_BACKS:
            return AttemptResult(AttemptOutcome.LOST, digest=result.digest)
        short = Failure(failure.code, failure.message[:MOST_FAILURE_MESSAGE], failure.retryable)
        return replace(result, failure=short, result_json=None)
    return kept(result, judge)


def _hand_backs(task: Task, fence: int, owner: str) -> int:
    """How many of the last attempts before this one, in a row, the worker has handed back."""
    count = 0
    for attempt in reversed([attempt for attempt in task.attempts if attempt.number < fence]):
        if attempt.owner != owner or attempt.code not in GIVEN_BACK:
            break
        count += 1
    return count


def _failed(result: AttemptResult, failure: Failure) -> AttemptResult:
    return AttemptResult(AttemptOutcome.FAILED, failure=failure, fuel=result.fuel, digest=result.digest)
