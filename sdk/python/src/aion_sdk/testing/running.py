"""One task of the fake: its message, its log, and the steps that are still to happen."""

import json
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Any

from aion_sdk._gen.aion import v1
from aion_sdk.requests import TaskSpec
from aion_sdk.testing.scripts import Act, Step

ENGINE = "fake"
ENDED = frozenset({v1.TaskState.OK, v1.TaskState.ERROR, v1.TaskState.TIMEOUT, v1.TaskState.CANCELED})
NEVER = timedelta(days=1)


def decision(spec: TaskSpec) -> v1.Decision:
    """The decision of the fake: there is one engine, and it may run everything."""
    reason = f"the fake has one engine, for {spec.intent}"
    chosen = v1.Candidate(engine=ENGINE, route="local", eligible=True, rank=1, reason=reason)
    return v1.Decision(
        engine=ENGINE,
        route="local",
        chosen_by="ai-router",
        reason=reason,
        candidates=[chosen],
        decide_time=datetime.now(UTC),
    )


class RunningTask:
    """It happens in the thread that calls `run`; whoever changes it holds the store's lock."""

    def __init__(self, task_id: str, spec: TaskSpec, steps: list[Step], *, retry_of: str, schedule_id: str) -> None:
        now = datetime.now(UTC)
        self.spec = spec
        self.log: list[v1.TaskEvent] = []
        self._steps = deque(steps)
        self._attempt_began_at = 1
        starts = spec.not_before or now
        self.message = v1.TaskResult(
            schema_version="1.0",
            task_id=task_id,
            intent=spec.intent,
            status="PENDING",
            state=v1.TaskState.PENDING,
            usage=v1.Usage(),
            create_time=now,
            expire_time=spec.expire_time or starts + NEVER,
            not_before=spec.not_before,
            queue_expire_time=None if spec.max_queue_time is None else starts + spec.max_queue_time,
            decision=decision(spec),
            engine=v1.Engine(name=ENGINE, route="local", chosen_by="ai-router", reason="the fake has one engine"),
            metadata=dict(spec.metadata),
            priority=spec.priority or "normal",
            retry_of=retry_of,
            schedule_id=schedule_id,
        )

    @property
    def ended(self) -> bool:
        """Whether nothing can happen any more."""
        return self.message.state in ENDED

    def run(self) -> None:
        """Let it happen up to the next hold or the end."""
        if self.ended:
            return
        if self.message.state == v1.TaskState.PENDING:
            self.message.start_time = datetime.now(UTC)
            self._turn(v1.TaskState.RUNNING)
            self._begin_attempt()
        while self._steps:
            step = self._steps.popleft()
            if step.act is Act.HOLD:
                return
            self._happen(step)
        if not self.ended:
            text = "".join(event.text for event in self._live() if event.kind == v1.EventKind.TOKEN)
            self._end_ok({"text": text})

    def cancel(self) -> None:
        """End it, unless it has ended."""
        if not self.ended:
            self._fail(v1.TaskState.CANCELED, "TASK_CANCELED", "somebody canceled it")

    def _happen(self, step: Step) -> None:
        match step.act:
            case Act.TOKEN:
                self._append(v1.EventKind.TOKEN, text=step.text)
            case Act.LOG:
                self._append(v1.EventKind.LOG, text=step.text)
            case Act.PARTIAL:
                self._append(v1.EventKind.PARTIAL, data_json=json.dumps(step.value))
            case Act.RESET:
                self._restart()
            case Act.OK:
                self._answer(step.value)
            case Act.ERROR:
                self._fail(v1.TaskState.ERROR, step.value, step.text)
            case Act.TIMEOUT:
                self._fail(v1.TaskState.TIMEOUT, step.value, step.text)
            case Act.HOLD:
                raise AssertionError("a hold is not something that happens")

    def _answer(self, value: Any) -> None:
        if callable(value):
            try:
                value = value(self.spec)
                json.dumps(value, allow_nan=False)
            except Exception as error:  # noqa: BLE001 - a module's defect is the failure of its task
                self._fail(v1.TaskState.ERROR, "MODULE_FAILED", f"{type(error).__name__}: {error}")
                return
        self._end_ok(value)

    def _begin_attempt(self) -> None:
        attempt = v1.Attempt(
            number=len(self.message.attempts) + 1,
            engine=ENGINE,
            outcome=v1.AttemptOutcome.RUNNING,
            start_time=datetime.now(UTC),
        )
        self.message.attempts.append(attempt)

    def _end_attempt(self, outcome: v1.AttemptOutcome, code: str = "", message: str = "") -> None:
        if self.message.attempts:
            attempt = self.message.attempts[-1]
            attempt.outcome, attempt.end_time = outcome, datetime.now(UTC)
            attempt.error_code, attempt.error_message = code, message

    def _restart(self) -> None:
        self._end_attempt(v1.AttemptOutcome.LOST, "ATTEMPT_LOST", "the fake was told to lose it")
        self._begin_attempt()
        void_from = self._attempt_began_at
        self._attempt_began_at = len(self.log) + 1
        self._append(v1.EventKind.RESET, discard_from=void_from)

    def _live(self) -> list[v1.TaskEvent]:
        return [event for event in self.log if event.offset >= self._attempt_began_at]

    def _end_ok(self, value: Any) -> None:
        self.message.result_json = json.dumps(value)
        self._end_attempt(v1.AttemptOutcome.OK)
        self._append(v1.EventKind.DONE, data_json=self.message.result_json)
        self._end(v1.TaskState.OK)

    def _fail(self, state: v1.TaskState, reason: str, message: str) -> None:
        outcome = {
            v1.TaskState.CANCELED: v1.AttemptOutcome.CANCELED,
            v1.TaskState.TIMEOUT: v1.AttemptOutcome.TIMEOUT,
        }.get(state, v1.AttemptOutcome.FAILED)
        self._end_attempt(outcome, reason, message)
        self.message.error = v1.Error(code=reason, message=message)
        self._append(v1.EventKind.ERROR, text=reason)
        self._end(state)

    def _end(self, state: v1.TaskState) -> None:
        now = datetime.now(UTC)
        created = self.message.create_time or now
        self._steps.clear()
        self.message.end_time = now
        self.message.usage = v1.Usage(
            latency_ms=int((now - created).total_seconds() * 1000),
            tokens=sum(event.kind == v1.EventKind.TOKEN for event in self.log),
        )
        self._turn(state)

    def _turn(self, state: v1.TaskState) -> None:
        self.message.state = state
        self.message.status = state.name or ""

    def _append(self, kind: v1.EventKind, **facts: Any) -> None:
        offset = len(self.log) + 1
        attempt, now = len(self.message.attempts), datetime.now(UTC)
        self.log.append(v1.TaskEvent(offset=offset, kind=kind, attempt=attempt, create_time=now, **facts))
        self.message.last_offset = offset
