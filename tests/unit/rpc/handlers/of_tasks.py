"""What is asked about tasks, with every field set."""

from dataclasses import replace
from datetime import timedelta

from aion.adapters.rpc.call import Marks
from aion.adapters.rpc.errors import to_status
from aion.adapters.rpc.fingerprint import fingerprint
from aion.domain.errors import IntentNotFound
from aion.domain.routing import Privacy
from aion.domain.tasks import Priority, TaskState
from aion.ports.tasks import TaskFilter
from aion.ports.usecases import RetryCommand, SubmitCommand, Submitted, TaskPage
from aion.v1 import lifecycle_pb2, tasks_pb2
from tests.unit.rpc.handlers.exchange import CALLER, FINGERPRINT, Exchange, span, stamp, time
from tests.unit.rpc.handlers.whole import under
from tests.unit.rpc.handlers.whole_task import DECISION, DECISION_SHOWN, SUMMARY_SHOWN, TASK, shown

STREAMS_ONLY = {"event"}
"""Only a message of a stream brings an event."""
READ_AGAIN = STREAMS_ONLY | {"replayed"}
"""Only who wants a new task is told that there was one."""
NOT_IN_LISTS = READ_AGAIN | {"result_json", "attempts", "decision"}
"""Lists leave out what is long."""
ONE_BUDGET = {"sla.budget_usd"}
"""The budget is given in dollars or in micro-dollars."""
NOT_THE_CLIENTS = {"retry_of", "firing"}
"""These a use case says, when a retry or a schedule submits."""

REQUEST = tasks_pb2.TaskRequest(
    schema_version="1.0",
    task_id="t-9",
    intent="summarize",
    params={"text": "One. Two."},
    preferred_engine="module:summarizer",
    priority="high",
    sla={"p95_ms": 250, "privacy": "hybrid", "budget_micros": 1200},
    metadata={"team": "blue"},
    params_json='{"text":"Three."}',
    expire_time=stamp(3),
    request_id="key-1",
    wait=span(1500),
    not_before=stamp(8),
    max_queue_time=span(90_000),
    validate_only=True,
)
COMMAND = SubmitCommand(
    intent="summarize",
    fingerprint=FINGERPRINT,
    task_id="t-9",
    params={"text": "One. Two."},
    params_json='{"text":"Three."}',
    preferred_engine="module:summarizer",
    priority=Priority.HIGH,
    privacy=Privacy.HYBRID,
    budget_micros=1200,
    p95=timedelta(milliseconds=250),
    metadata={"team": "blue"},
    expire_time=time(3),
    idempotency_key="key-1",
    wait=timedelta(milliseconds=1500),
    not_before=time(8),
    max_queue_time=timedelta(seconds=90),
    validate_only=True,
)


def in_a_batch(request_id: str = "") -> tasks_pb2.TaskRequest:
    """The same without what a batch does not take, or with a key of its own."""
    request = tasks_pb2.TaskRequest()
    request.CopyFrom(REQUEST)
    request.ClearField("wait")
    request.request_id = request_id
    return request


# Whoever sends a task of a batch again, alone, asks for the same.
BATCHED = replace(COMMAND, wait=timedelta(), fingerprint=fingerprint(REQUEST))
REFUSED = IntentNotFound("there is no intent of this name")

EXCHANGES = [
    Exchange(
        path="/aion.v1.AionTasks/Submit",
        request=REQUEST,
        use_case="submit",
        asked=(COMMAND,),
        found=Submitted(TASK, replayed=True),
        answer=shown(replayed=True),
        unset=ONE_BUDGET,
        unsaid=NOT_THE_CLIENTS,
        unanswered=STREAMS_ONLY,
    ),
    Exchange(
        path="/aion.v1.AionTasks/Retry",
        request=tasks_pb2.RetryRequest(task_id="t-8", new_task_id="t-9", request_id="key-1", validate_only=True),
        use_case="retry",
        asked=(RetryCommand("t-8", FINGERPRINT, "t-9", "key-1", validate_only=True),),
        found=Submitted(TASK, replayed=True),
        answer=shown(replayed=True),
        unanswered=STREAMS_ONLY,
    ),
    Exchange(
        path="/aion.v1.AionTasks/SubmitBatch",
        request=tasks_pb2.SubmitBatchRequest(requests=[in_a_batch(), in_a_batch("own key")], request_id="key-2"),
        use_case="submit_batch",
        asked=([replace(BATCHED, idempotency_key="key-2/0"), replace(BATCHED, idempotency_key="own key")],),
        found=[REFUSED, Submitted(TASK, replayed=True)],
        answer=tasks_pb2.SubmitBatchResponse(
            outcomes=[
                {"error": to_status(REFUSED, Marks(CALLER.request_id, CALLER.traceparent))},
                {"task": shown(replayed=True)},
            ]
        ),
        unset=under("requests", ONE_BUDGET | {"wait"}),
        unanswered=under("outcomes.task", STREAMS_ONLY),
    ),
    Exchange(
        path="/aion.v1.AionTasks/StatusById",
        request=tasks_pb2.TaskId(task_id="t-9"),
        use_case="get",
        asked=("t-9",),
        found=TASK,
        answer=shown(),
        unanswered=READ_AGAIN,
    ),
    Exchange(
        path="/aion.v1.AionTasks/Cancel",
        request=tasks_pb2.CancelRequest(task_id="t-9", request_id="a key that changes nothing"),
        use_case="cancel",
        asked=("t-9",),
        found=TASK,
        answer=tasks_pb2.CancelResponse(task=shown()),
        unanswered=under("task", READ_AGAIN),
    ),
    Exchange(
        path="/aion.v1.AionTasks/ListTasks",
        request=tasks_pb2.ListTasksRequest(
            page_size=3,
            page_token="this page",
            states=[lifecycle_pb2.TASK_STATE_OK, lifecycle_pb2.TASK_STATE_ERROR],
            intent="summarize",
        ),
        use_case="list_tasks",
        asked=(TaskFilter(frozenset({TaskState.OK, TaskState.ERROR}), "summarize"), 3, "this page"),
        found=TaskPage([TASK], "the next page"),
        answer=tasks_pb2.ListTasksResponse(tasks=[SUMMARY_SHOWN], next_page_token="the next page"),
        unanswered=under("tasks", NOT_IN_LISTS),
    ),
    Exchange(
        path="/aion.v1.AionTasks/ExplainDecision",
        request=tasks_pb2.ExplainDecisionRequest(task_id="t-9"),
        use_case="explain",
        asked=("t-9",),
        found=DECISION,
        answer=tasks_pb2.ExplainDecisionResponse(decision=DECISION_SHOWN),
    ),
]
