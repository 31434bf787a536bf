"""Domain values as messages of the internal contract, and back; for both ends of it.

Whatever one end encodes the other decodes to an equal value; a property test holds it.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import orjson
from google.protobuf.timestamp_pb2 import Timestamp

from aion.domain.attempts import AttemptOutcome, AttemptResult, Failure
from aion.domain.errors import FieldViolation, ValidationFailed
from aion.domain.events import EventKind, NewEvent
from aion.domain.fleet import EngineOffer, Introduction, Welcome
from aion.domain.leased import LeasedTask, Settled
from aion.domain.money import MAX_COST_MICROS
from aion.domain.tasks import TaskState
from aion.domain.writes import Append, LeaseRef, RecordCost, Renewed, Settle
from aion.workers.v1 import workers_pb2 as pb

_UNKNOWN: Final = -1

_KINDS: Final = {
    EventKind.TOKEN: pb.NEW_EVENT_KIND_TOKEN,
    EventKind.PARTIAL: pb.NEW_EVENT_KIND_PARTIAL,
    EventKind.LOG: pb.NEW_EVENT_KIND_LOG,
}
_KIND_OF: Final = {number: kind for kind, number in _KINDS.items()}

_OUTCOMES: Final = {
    AttemptOutcome.OK: pb.OUTCOME_OK,
    AttemptOutcome.FAILED: pb.OUTCOME_FAILED,
    AttemptOutcome.TIMEOUT: pb.OUTCOME_TIMEOUT,
    AttemptOutcome.CANCELED: pb.OUTCOME_CANCELED,
    AttemptOutcome.LOST: pb.OUTCOME_LOST,
}
_OUTCOME_OF: Final = {number: outcome for outcome, number in _OUTCOMES.items()}


def introduction_message(about: Introduction) -> pb.RegisterRequest:
    """What a worker says of itself."""
    return pb.RegisterRequest(
        worker=about.worker,
        incarnation=about.incarnation,
        version=about.version,
        engines=[pb.EngineOffer(engine=offer.engine, digest=offer.digest) for offer in about.engines],
        slots=about.slots,
        labels=about.labels,
    )


def introduction_of(message: pb.RegisterRequest) -> Introduction:
    """What a worker says of itself."""
    return Introduction(
        worker=message.worker,
        incarnation=message.incarnation,
        version=message.version,
        engines=tuple(EngineOffer(offer.engine, offer.digest) for offer in message.engines),
        slots=message.slots,
        labels=dict(message.labels),
    )


def welcome_message(welcome: Welcome) -> pb.RegisterResponse:
    """What the server makes of it."""
    message = pb.RegisterResponse(
        server_version=welcome.server_version,
        engines=welcome.engines,
        refused=[pb.RefusedEngine(engine=engine, reason=reason) for engine, reason in welcome.refused.items()],
    )
    message.lease_duration.FromTimedelta(welcome.lease_for)
    return message


def welcome_of(message: pb.RegisterResponse) -> Welcome:
    """What the server makes of it."""
    return Welcome(
        server_version=message.server_version,
        engines=tuple(message.engines),
        refused={refused.engine: refused.reason for refused in message.refused},
        lease_for=message.lease_duration.ToTimedelta(),
    )


def lease_message(lease: LeaseRef) -> pb.Lease:
    """The name of a lease."""
    return pb.Lease(tenant=lease.tenant, task_id=lease.task_id, fence=lease.fence)


def lease_of(message: pb.Lease) -> LeaseRef:
    """The name of a lease."""
    return LeaseRef(message.tenant, message.task_id, message.fence)


def task_message(task: LeasedTask) -> pb.LeasedTask:
    """One attempt to run."""
    message = pb.LeasedTask(
        lease=lease_message(task.lease),
        lease_expire_time=_stamp(task.lease_expires),
        intent=task.intent,
        engine=task.engine,
        input_json=task.input_json,
        expire_time=_stamp(task.expire_time),
        alone=task.alone,
        traceparent=task.traceparent,
        create_time=_stamp(task.create_time),
        last_offset=task.last_offset,
        digest=task.digest,
    )
    message.attempt_timeout.FromTimedelta(task.attempt_timeout)
    return message


def task_of(message: pb.LeasedTask, ahead: timedelta = timedelta()) -> LeasedTask:
    """One attempt to run. `ahead` is how far this machine's clock goes before the store's."""
    return LeasedTask(
        tenant=message.lease.tenant,
        task_id=message.lease.task_id,
        fence=message.lease.fence,
        intent=message.intent,
        engine=message.engine,
        input_json=message.input_json,
        attempt_timeout=message.attempt_timeout.ToTimedelta(),
        create_time=_time(message.create_time) + ahead,
        expire_time=_time(message.expire_time) + ahead,
        lease_expires=_time(message.lease_expire_time) + ahead,
        last_offset=message.last_offset,
        alone=message.alone,
        traceparent=message.traceparent,
        digest=message.digest,
    )


def expire_of(message: pb.LeasedTask) -> datetime:
    """When its lease ends by the store's clock."""
    return _time(message.lease_expire_time)


def renewed_message(renewed: Renewed) -> pb.RenewedLease:
    """What became of a lease."""
    return pb.RenewedLease(
        lease=lease_message(renewed.lease), held=renewed.held, cancel_requested=renewed.cancel_requested
    )


def renewed_of(message: pb.RenewedLease) -> Renewed:
    """What became of a lease."""
    return Renewed(lease_of(message.lease), message.held, message.cancel_requested)


def append_message(value: Append, incarnation: str) -> pb.AppendRequest:
    """Events under a fence."""
    return pb.AppendRequest(
        lease=lease_message(value.lease),
        events=_event_messages(value.events),
        after_offset=_offset_number(value.after_offset),
        incarnation=incarnation,
    )


def append_of(message: pb.AppendRequest) -> Append:
    """Events under a fence. Raises ValidationFailed for a snapshot that is no JSON."""
    return Append(lease_of(message.lease), _events_of(message.events), _offset_of(message.after_offset))


def settle_message(value: Settle, incarnation: str) -> pb.SettleRequest:
    """The end of an attempt."""
    result = value.result
    message = pb.SettleRequest(
        lease=lease_message(value.lease),
        outcome=_OUTCOMES[result.outcome],
        result_json=result.result_json or "",
        fuel=result.fuel,
        events=_event_messages(value.events),
        after_offset=_offset_number(value.after_offset),
        incarnation=incarnation,
    )
    if (failure := result.failure) is not None:
        message.failure.CopyFrom(pb.Failure(code=failure.code, message=failure.message, retryable=failure.retryable))
    return message


def settle_of(message: pb.SettleRequest) -> Settle:
    """The end of an attempt. Raises ValidationFailed for a result or a snapshot that is no JSON."""
    outcome = _OUTCOME_OF[message.outcome]
    result_json = None
    if outcome is AttemptOutcome.OK:
        result_json = _json("result_json", message.result_json)
    said = message.failure
    failure = Failure(said.code, said.message, said.retryable) if message.HasField("failure") else None
    return Settle(
        lease_of(message.lease),
        AttemptResult(outcome, result_json, failure, message.fuel),
        _events_of(message.events),
        _offset_of(message.after_offset),
    )


def cost_message(value: RecordCost, incarnation: str) -> pb.RecordCostRequest:
    """What an attempt has cost."""
    return pb.RecordCostRequest(
        lease=lease_message(value.lease), cost_micros=value.cost_micros, incarnation=incarnation
    )


def cost_of(message: pb.RecordCostRequest) -> RecordCost:
    """What an attempt has cost. Raises ValidationFailed for an amount that is no bill."""
    if message.cost_micros > MAX_COST_MICROS:
        rule = f"must be at most {MAX_COST_MICROS} micro-dollars"
        raise ValidationFailed(f"cost_micros {rule}", violations=(FieldViolation("cost_micros", rule),))
    return RecordCost(lease_of(message.lease), message.cost_micros)


def settled_message(settled: Settled) -> pb.SettleResponse:
    """What became of the task."""
    return pb.SettleResponse(state=settled.state, outcome=_OUTCOMES[settled.outcome])


def settled_of(message: pb.SettleResponse) -> Settled:
    """What became of the task."""
    return Settled(TaskState(message.state), _OUTCOME_OF[message.outcome])


def _event_messages(events: Iterable[NewEvent]) -> list[pb.NewEvent]:
    return [pb.NewEvent(kind=_KINDS[event.kind], text=event.text, data_json=event.data_json) for event in events]


def _events_of(messages: Sequence[pb.NewEvent]) -> tuple[NewEvent, ...]:
    events = []
    for index, message in enumerate(messages):
        kind = _KIND_OF[message.kind]
        data = _json(f"events[{index}].data_json", message.data_json) if kind is EventKind.PARTIAL else ""
        events.append(NewEvent(kind, message.text, data))
    return tuple(events)


def _json(field: str, text: str) -> str:
    """The text, if it is a document: a log must never hold what its readers cannot parse."""
    try:
        orjson.loads(text)
    except ValueError as cause:
        raise ValidationFailed(
            f"{field} is no JSON document: {cause}", violations=(FieldViolation(field, "must be a JSON document"),)
        ) from cause
    return text


def _offset_number(offset: int | None) -> int:
    return _UNKNOWN if offset is None else offset


def _offset_of(number: int) -> int | None:
    return None if number < 0 else number


def _stamp(time: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(time)
    return stamp


def _time(stamp: Timestamp) -> datetime:
    return stamp.ToDatetime(tzinfo=UTC)
