"""A task of which every field is set, as the domain has it and as a client reads it. No task has all of them at once:
what is asked is only that none gets lost.
"""

from datetime import timedelta

from aion.domain.attempts import Attempt, AttemptOutcome, Failure
from aion.domain.routing import Candidate, Decision, Privacy, Refusal, RefusalReason, Route
from aion.domain.tasks import Priority, Sla, Task, TaskState, Usage
from aion.v1 import decisions_pb2, lifecycle_pb2, tasks_pb2
from tests.unit.rpc.handlers.exchange import stamp, time

DECISION = Decision(
    engine="module:summarizer@1.2.0",
    route=Route.LOCAL,
    chosen_by="policy-override",
    reason="the operator pinned it",
    candidates=(
        Candidate(
            engine="module:summarizer@1.2.0",
            route=Route.LOCAL,
            refusals=(),
            reason="rank 1: local",
            rank=1,
            score=2.5,
            expected_cost_micros=70,
            expected_latency=timedelta(milliseconds=31),
            digest="sha256:00",
            weight=9,
        ),
        Candidate("model:gpt", Route.API, (Refusal(RefusalReason.BUDGET, "it costs 1200"),), "it is too dear"),
    ),
    policy_version="sha256:policy",
    decide_time=time(1),
    engine_digest="sha256:01",
    digest_pinned=True,
)
DECISION_SHOWN = decisions_pb2.Decision(
    engine="module:summarizer@1.2.0",
    route="local",
    chosen_by="policy-override",
    reason="the operator pinned it",
    candidates=[
        decisions_pb2.Candidate(
            engine="module:summarizer@1.2.0",
            route="local",
            eligible=True,
            reason="rank 1: local",
            rank=1,
            score=2.5,
            expected_cost_micros=70,
            expected_latency_ms=31,
            digest="sha256:00",
            weight=9,
        ),
        decisions_pb2.Candidate(
            engine="model:gpt",
            route="api",
            refusals=[{"reason": decisions_pb2.REFUSAL_REASON_BUDGET, "message": "it costs 1200"}],
            reason="it is too dear",
        ),
    ],
    policy_version="sha256:policy",
    decide_time=stamp(1),
    engine_digest="sha256:01",
    digest_pinned=True,
)
TASK = Task(
    tenant="acme",
    task_id="t-9",
    principal="service",
    intent="summarize",
    input_json='{"text":"One. Two."}',
    priority=Priority.HIGH,
    sla=Sla(Privacy.HYBRID, 1200, timedelta(milliseconds=250)),
    fingerprint=b"fingerprint",
    decision=DECISION,
    max_failures=2,
    attempt_timeout=timedelta(seconds=3),
    create_time=time(2),
    expire_time=time(3),
    metadata={"team": "blue"},
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    queue_expire_time=time(4),
    retry_of="t-8",
    schedule_id="nightly",
    held_until=time(5),
    state=TaskState.TIMEOUT,
    start_time=time(6),
    end_time=time(7),
    not_before=time(8),
    cancel_requested=True,
    attempts=(
        Attempt(
            number=3,
            engine="module:summarizer@1.2.0",
            start_time=time(9),
            outcome=AttemptOutcome.FAILED,
            end_time=time(10),
            failure=Failure("MODULE_TRAPPED", "it divided by zero"),
            fuel=77,
            cost_micros=88,
            owner="worker-1",
            digest="sha256:02",
        ),
    ),
    last_offset=21,
    result_json='{"summary":"One."}',
    failure=Failure("TASK_EXPIRED", "its time is over"),
    usage=Usage(timedelta(milliseconds=523), 1423, 1800, 99),
    promise_kept=False,
)
SUMMARY_SHOWN = tasks_pb2.TaskResult(
    schema_version="1.0",
    task_id="t-9",
    intent="summarize",
    status="TIMEOUT",
    engine={
        "route": "local",
        "chosen_by": "policy-override",
        "reason": "the operator pinned it",
        "name": "module:summarizer@1.2.0",
    },
    usage={"latency_ms": 523, "tokens": 1423, "cost_usd": 0.0018, "cost_micros": 1800, "fuel": 99},
    error={"code": "TASK_EXPIRED", "message": "its time is over"},
    state=lifecycle_pb2.TASK_STATE_TIMEOUT,
    create_time=stamp(2),
    start_time=stamp(6),
    end_time=stamp(7),
    expire_time=stamp(3),
    last_offset=21,
    promise_kept=False,
    metadata={"team": "blue"},
    priority="high",
    cancel_requested=True,
    not_before=stamp(8),
    queue_expire_time=stamp(4),
    retry_of="t-8",
    schedule_id="nightly",
)


def shown(*, replayed: bool = False) -> tasks_pb2.TaskResult:
    """The whole task as a client reads it."""
    message = tasks_pb2.TaskResult()
    message.CopyFrom(SUMMARY_SHOWN)
    message.replayed = replayed
    message.result_json = '{"summary":"One."}'
    message.decision.CopyFrom(DECISION_SHOWN)
    message.attempts.add(
        number=3,
        engine="module:summarizer@1.2.0",
        outcome=lifecycle_pb2.ATTEMPT_OUTCOME_FAILED,
        start_time=stamp(9),
        end_time=stamp(10),
        error_code="MODULE_TRAPPED",
        error_message="it divided by zero",
        fuel=77,
        digest="sha256:02",
    )
    return message
