"""Answers of the wire as public types. A value that a newer server added reads as UNKNOWN, never as an error."""

from enum import Enum, IntEnum
from typing import TypeAlias, TypeVar

from aion_sdk._gen.aion import v1
from aion_sdk._wire import status
from aion_sdk.catalog import Intent, Module, ModuleDescription, ModuleExample, ModuleHealth, ModuleKind, ServerInfo
from aion_sdk.decisions import Candidate, Decision, Refusal, RefusalReason
from aion_sdk.events import Event, EventKind
from aion_sdk.lifecycle import Attempt, AttemptOutcome, TaskState
from aion_sdk.paging import Page
from aion_sdk.requests import MICROS_PER_DOLLAR, Sla, TaskSpec
from aion_sdk.tasks import BatchOutcome, Engine, Failure, Task, Usage

Named = TypeVar("Named", bound=Enum)
Step: TypeAlias = tuple[Event | None, Task | None]
"""What a stream brings at one place: its event, if any, and the task as it is shown there."""


def task(data: bytes) -> Task:
    """A TaskResult."""
    return task_result(v1.TaskResult.parse(data))


def canceled(data: bytes) -> Task:
    """The task of a CancelResponse."""
    return task_result(v1.CancelResponse.parse(data).task or v1.TaskResult())


def streamed(data: bytes) -> tuple[Step, ...]:
    """One message of Stream: the event that it brings, if any, and the task as that message shows it."""
    message = v1.TaskResult.parse(data)
    return ((None if message.event is None else _event(message.event), task_result(message)),)


def watched(data: bytes) -> tuple[Step, ...]:
    """One message of Watch: its events, none in a heartbeat, and beside the last one the task, if it has ended."""
    message = v1.WatchResponse.parse(data)
    task = None if message.task is None else task_result(message.task)
    if message.event is None:
        return ((None, task),)
    *earlier, last = (_event(event) for event in (message.event, *message.more_events))
    return (*((event, None) for event in earlier), (last, task))


def task_page(data: bytes) -> Page[Task]:
    """A ListTasksResponse."""
    message = v1.ListTasksResponse.parse(data)
    return Page(tuple(task_result(item) for item in message.tasks), message.next_page_token)


def batch(data: bytes) -> tuple[BatchOutcome, ...]:
    """The outcomes of a SubmitBatchResponse."""
    return tuple(_batch_outcome(item) for item in v1.SubmitBatchResponse.parse(data).outcomes)


def decision(data: bytes) -> Decision:
    """The decision of an ExplainDecisionResponse."""
    return _decision(v1.ExplainDecisionResponse.parse(data).decision or v1.Decision())


def intents(data: bytes) -> Page[Intent]:
    """A ListIntentsResponse."""
    message = v1.ListIntentsResponse.parse(data)
    return Page(tuple(_intent(item) for item in message.intents), message.next_page_token)


def modules(data: bytes) -> Page[Module]:
    """A ListModulesResponse."""
    message = v1.ListModulesResponse.parse(data)
    return Page(tuple(_module(item) for item in message.modules), message.next_page_token)


def module_description(data: bytes) -> ModuleDescription:
    """A DescribeModuleResponse."""
    message = v1.DescribeModuleResponse.parse(data)
    return ModuleDescription(
        module=_module(message.module or v1.Module()),
        input_schema_json=message.input_schema_json,
        output_schema_json=message.output_schema_json,
        examples=tuple(ModuleExample(item.name, item.input_json, item.result_json) for item in message.examples),
        versions=tuple(message.versions),
    )


def server_info(data: bytes) -> ServerInfo:
    """A GetServerInfoResponse."""
    message = v1.GetServerInfoResponse.parse(data)
    return ServerInfo(
        version=message.version,
        api_version=message.api_version,
        start_time=message.start_time,
        engines=tuple(message.engines),
        max_request_bytes=message.max_request_bytes,
        max_result_bytes=message.max_result_bytes,
        idempotency_retention=message.idempotency_retention,
        max_wait=message.max_wait,
        policy_version=message.policy_version,
    )


def named(kind: type[Named], value: IntEnum) -> Named:
    """The public name of a value, UNKNOWN for one that is newer than this SDK."""
    return kind.__members__.get(value.name or "", kind["UNKNOWN"])


def task_result(message: v1.TaskResult) -> Task:
    """A task as a part of other answers."""
    engine, usage, error = message.engine, message.usage, message.error
    return Task(
        task_id=message.task_id,
        intent=message.intent,
        state=named(TaskState, message.state),
        result_json=message.result_json,
        engine=None if engine is None else Engine(engine.name, engine.route, engine.chosen_by, engine.reason),
        usage=Usage() if usage is None else _usage(usage),
        error=None if error is None else Failure(error.code, error.message),
        create_time=message.create_time,
        start_time=message.start_time,
        end_time=message.end_time,
        expire_time=message.expire_time,
        attempts=tuple(_attempt(item) for item in message.attempts),
        decision=None if message.decision is None else _decision(message.decision),
        last_offset=message.last_offset,
        replayed=message.replayed,
        promise_kept=message.promise_kept,
        metadata=dict(message.metadata),
        priority=message.priority,
        cancel_requested=message.cancel_requested,
        not_before=message.not_before,
        queue_expire_time=message.queue_expire_time,
        retry_of=message.retry_of,
        schedule_id=message.schedule_id,
    )


def task_spec(message: v1.TaskRequest) -> TaskSpec:
    """A request as a part of other answers. Raises ValueError or TypeError for one that makes no sense."""
    sla = None
    if message.sla is not None:
        micros = message.sla.budget_micros
        dollars = message.sla.budget_usd or None
        budget = dollars if micros is None else f"{micros // MICROS_PER_DOLLAR}.{micros % MICROS_PER_DOLLAR:06d}"
        sla = Sla(budget, message.sla.p95_ms or None, message.sla.privacy or None)
    return TaskSpec(
        intent=message.intent,
        params=dict(message.params),
        params_json=message.params_json,
        task_id=message.task_id,
        request_id=message.request_id,
        sla=sla,
        priority=message.priority,
        metadata=dict(message.metadata),
        expire_time=message.expire_time,
        preferred_engine=message.preferred_engine,
        not_before=message.not_before,
        max_queue_time=message.max_queue_time,
    )


def _usage(message: v1.Usage) -> Usage:
    return Usage(message.latency_ms, message.tokens, message.cost_usd, message.cost_micros, message.fuel)


def _attempt(message: v1.Attempt) -> Attempt:
    return Attempt(
        number=message.number,
        engine=message.engine,
        outcome=named(AttemptOutcome, message.outcome),
        start_time=message.start_time,
        end_time=message.end_time,
        error_code=message.error_code,
        error_message=message.error_message,
        fuel=message.fuel,
        digest=message.digest,
    )


def _event(message: v1.TaskEvent) -> Event:
    return Event(
        offset=message.offset,
        kind=named(EventKind, message.kind),
        attempt=message.attempt,
        text=message.text,
        data_json=message.data_json,
        discard_from=message.discard_from,
        create_time=message.create_time,
    )


def _decision(message: v1.Decision) -> Decision:
    return Decision(
        engine=message.engine,
        route=message.route,
        chosen_by=message.chosen_by,
        reason=message.reason,
        candidates=tuple(_candidate(item) for item in message.candidates),
        policy_version=message.policy_version,
        decide_time=message.decide_time,
        engine_digest=message.engine_digest,
        digest_pinned=message.digest_pinned,
    )


def _candidate(message: v1.Candidate) -> Candidate:
    return Candidate(
        engine=message.engine,
        route=message.route,
        eligible=message.eligible,
        refusals=tuple(Refusal(named(RefusalReason, r.reason), r.message) for r in message.refusals),
        rank=message.rank,
        score=message.score,
        expected_cost_micros=message.expected_cost_micros,
        expected_latency_ms=message.expected_latency_ms,
        reason=message.reason,
        digest=message.digest,
        weight=message.weight,
    )


def _batch_outcome(message: v1.BatchOutcome) -> BatchOutcome:
    if message.error is not None:
        return BatchOutcome(error=status.error_of_status(bytes(message.error)))
    return BatchOutcome(task=task_result(message.task or v1.TaskResult()))


def _intent(message: v1.Intent) -> Intent:
    return Intent(
        name=message.name,
        description=message.description,
        input_schema_json=message.input_schema_json,
        output_schema_json=message.output_schema_json,
        engines=tuple(message.engines),
        default_expiry=message.default_expiry,
    )


def _module(message: v1.Module) -> Module:
    return Module(
        name=message.name,
        version=message.version,
        digest=message.digest,
        intents=tuple(message.intents),
        health=named(ModuleHealth, message.health),
        health_reason=message.health_reason,
        timeout=message.timeout,
        memory_bytes=message.memory_bytes,
        fuel=message.fuel,
        license=message.license,
        description=message.description,
        authors=tuple(message.authors),
        kind=named(ModuleKind, message.kind),
        concurrency=message.concurrency,
        deterministic=message.deterministic,
        host_permissions=tuple(message.host_permissions),
        retries=message.retries,
    )
