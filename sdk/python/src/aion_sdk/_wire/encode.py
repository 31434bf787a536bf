"""Requests as the bytes that go over the wire."""

from collections.abc import Iterable
from datetime import timedelta

from aion_sdk._gen.aion import v1
from aion_sdk.lifecycle import TaskState
from aion_sdk.options import whole
from aion_sdk.requests import Seconds, TaskSpec, as_duration

MOST_EVENTS = 64
"""The contract's bound on the events of one message of Watch."""


def duration(value: Seconds | timedelta | None) -> timedelta | None:
    """A time that may be given in seconds."""
    return as_duration(value)


def task_request(spec: TaskSpec, wait: float | None = None, *, validate_only: bool = False) -> bytes:
    """A Submit or Stream; `wait` in seconds."""
    message = task_message(spec)
    message.wait = duration(wait)
    message.validate_only = validate_only
    return bytes(message)


def batch_request(specs: Iterable[TaskSpec]) -> bytes:
    """A SubmitBatch; every request has a key of its own."""
    return bytes(v1.SubmitBatchRequest(requests=[task_message(spec) for spec in specs]))


def retry_request(value: str, new_task_id: str, request_id: str, *, validate_only: bool = False) -> bytes:
    """A Retry."""
    message = v1.RetryRequest(
        task_id=value, new_task_id=new_task_id, request_id=request_id, validate_only=validate_only
    )
    return bytes(message)


def task_id(value: str) -> bytes:
    """A StatusById."""
    return bytes(v1.TaskId(task_id=value))


def watch_request(value: str, after_offset: int) -> bytes:
    """A Watch of the events after an offset, as many in a message as there may be."""
    return bytes(v1.WatchRequest(task_id=value, after_offset=after_offset, max_events=MOST_EVENTS))


def cancel_request(value: str, request_id: str) -> bytes:
    """A Cancel."""
    return bytes(v1.CancelRequest(task_id=value, request_id=request_id))


def explain_request(value: str) -> bytes:
    """An ExplainDecision."""
    return bytes(v1.ExplainDecisionRequest(task_id=value))


def list_tasks_request(page_size: int, page_token: str, states: Iterable[TaskState], intent: str) -> bytes:
    """A ListTasks. Raises ValueError for a state that the contract does not know."""
    wanted = task_states(states)
    return bytes(
        v1.ListTasksRequest(
            page_size=whole("page_size", page_size), page_token=page_token, states=wanted, intent=intent
        )
    )


def task_states(states: Iterable[TaskState]) -> list[v1.TaskState]:
    """States of the contract. Raises ValueError for one that it does not know."""
    wanted = []
    for state in states:
        if state is TaskState.UNKNOWN:
            raise ValueError("states: UNKNOWN is no state that a task can be chosen by")
        wanted.append(v1.TaskState[state.name])
    return wanted


def list_intents_request(page_size: int, page_token: str) -> bytes:
    """A ListIntents."""
    return bytes(v1.ListIntentsRequest(page_size=whole("page_size", page_size), page_token=page_token))


def list_modules_request(page_size: int, page_token: str) -> bytes:
    """A ListModules."""
    return bytes(v1.ListModulesRequest(page_size=whole("page_size", page_size), page_token=page_token))


def describe_module_request(name: str, version: str) -> bytes:
    """A DescribeModule."""
    return bytes(v1.DescribeModuleRequest(name=name, version=version))


def server_info_request() -> bytes:
    """A GetServerInfo."""
    return bytes(v1.GetServerInfoRequest())


def task_message(spec: TaskSpec) -> v1.TaskRequest:
    """A task as a part of other requests."""
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
        not_before=spec.not_before,
        max_queue_time=spec.max_queue_time,
    )
