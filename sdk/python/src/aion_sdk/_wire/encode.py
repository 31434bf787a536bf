"""Requests as the bytes that go over the wire."""

from collections.abc import Iterable
from datetime import timedelta

from aion_sdk._gen.aion import v1
from aion_sdk.lifecycle import TaskState
from aion_sdk.requests import TaskSpec


def task_request(spec: TaskSpec, wait: float | None = None) -> bytes:
    """A Submit or Stream; `wait` in seconds."""
    return bytes(_task_request(spec, wait))


def batch_request(specs: Iterable[TaskSpec], request_id: str) -> bytes:
    """A SubmitBatch."""
    return bytes(v1.SubmitBatchRequest(requests=[_task_request(s, None) for s in specs], request_id=request_id))


def task_id(value: str) -> bytes:
    """A StatusById."""
    return bytes(v1.TaskId(task_id=value))


def watch_request(value: str, after_offset: int) -> bytes:
    """A Watch of the events after an offset."""
    return bytes(v1.WatchRequest(task_id=value, after_offset=after_offset))


def cancel_request(value: str, request_id: str) -> bytes:
    """A Cancel."""
    return bytes(v1.CancelRequest(task_id=value, request_id=request_id))


def explain_request(value: str) -> bytes:
    """An ExplainDecision."""
    return bytes(v1.ExplainDecisionRequest(task_id=value))


def list_tasks_request(page_size: int, page_token: str, states: Iterable[TaskState], intent: str) -> bytes:
    """A ListTasks. Raises ValueError for a state that the contract does not know."""
    wanted = []
    for state in states:
        if state is TaskState.UNKNOWN:
            raise ValueError("states: UNKNOWN is no state that a task can be listed by")
        wanted.append(v1.TaskState[state.name])
    return bytes(v1.ListTasksRequest(page_size=page_size, page_token=page_token, states=wanted, intent=intent))


def list_intents_request(page_size: int, page_token: str) -> bytes:
    """A ListIntents."""
    return bytes(v1.ListIntentsRequest(page_size=page_size, page_token=page_token))


def list_modules_request(page_size: int, page_token: str) -> bytes:
    """A ListModules."""
    return bytes(v1.ListModulesRequest(page_size=page_size, page_token=page_token))


def server_info_request() -> bytes:
    """A GetServerInfo."""
    return bytes(v1.GetServerInfoRequest())


def _task_request(spec: TaskSpec, wait: float | None) -> v1.TaskRequest:
    sla = None
    if spec.sla is not None:
        sla = v1.Sla(
            p95_ms=spec.sla.p95_ms or 0,
            privacy=spec.sla.privacy or "",
            budget_micros=spec.sla.budget_micros,
        )
    return v1.TaskRequest(
        intent=spec.intent,
        params=dict(spec.params),
        params_json=spec.params_json,
        task_id=spec.task_id,
        request_id=spec.request_id,
        sla=sla,
        priority=spec.priority,
        metadata=dict(spec.metadata),
        expire_time=spec.expire_time,
        preferred_engine=spec.preferred_engine,
        wait=None if wait is None else timedelta(seconds=wait),
    )
