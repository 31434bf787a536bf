"""Schedules as rows, and back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson

from aion.adapters.storage.json_columns import decode_scopes, encode_scopes
from aion.adapters.storage.times import from_us, span_or_none, span_us, span_us_or_none, time_or_none, to_us, us_or_none
from aion.domain.routing import Privacy
from aion.domain.schedules import CatchUp, Definition, Overlap, Schedule, TaskTemplate
from aion.domain.tasks import Priority

KEY_COLUMNS = ("tenant_id", "schedule_id", "uid", "fingerprint", "create_us")
"""What never changes."""

CHANGING_COLUMNS = (
    "cron",
    "time_zone",
    "task",
    "catch_up",
    "catch_up_window_us",
    "overlap",
    "paused",
    "pause_note",
    "start_us",
    "end_us",
    "principal",
    "scopes",
    "update_us",
    "revision",
    "version",
    "next_fire_us",
    "wake_us",
    "tries",
    "last_fire_us",
    "last_task_id",
    "fired",
    "skipped",
    "last_refusal",
)

SCHEDULE_COLUMNS = KEY_COLUMNS + CHANGING_COLUMNS


def encode_key(schedule: Schedule) -> tuple[Any, ...]:
    """The values of KEY_COLUMNS."""
    return (
        schedule.tenant,
        schedule.schedule_id,
        schedule.uid,
        schedule.fingerprint,
        to_us(schedule.create_time),
    )


def encode_changing(schedule: Schedule) -> tuple[Any, ...]:
    """The values of CHANGING_COLUMNS."""
    said = schedule.definition
    return (
        said.cron,
        said.time_zone,
        _encode_template(said.task),
        said.catch_up,
        span_us(said.catch_up_window),
        said.overlap,
        int(said.paused),
        said.pause_note,
        us_or_none(said.start_time),
        us_or_none(said.end_time),
        schedule.principal,
        encode_scopes(schedule.scopes),
        to_us(schedule.update_time),
        schedule.revision,
        schedule.version,
        us_or_none(schedule.next_fire_time),
        us_or_none(schedule.wake_time),
        schedule.tries,
        us_or_none(schedule.last_fire_time),
        schedule.last_task_id,
        schedule.fired,
        schedule.skipped,
        schedule.last_refusal,
    )


def decode_schedule(row: Sequence[Any]) -> Schedule:
    """The schedule of a row with SCHEDULE_COLUMNS."""
    (
        tenant, schedule_id, uid, fingerprint, create_us,
        cron, time_zone, task, catch_up, catch_up_window_us, overlap, is_paused, pause_note, start_us, end_us,
        principal, scopes, update_us, revision, version, next_fire_us, wake_us, tries, last_fire_us, last_task_id,
        fired, skipped, last_refusal,
    ) = row  # fmt: skip
    return Schedule(
        tenant=tenant,
        schedule_id=schedule_id,
        uid=uid,
        fingerprint=fingerprint,
        definition=Definition(
            cron=cron,
            task=_decode_template(orjson.loads(task)),
            time_zone=time_zone,
            catch_up=CatchUp(catch_up),
            catch_up_window=timedelta(microseconds=catch_up_window_us),
            overlap=Overlap(overlap),
            paused=bool(is_paused),
            pause_note=pause_note,
            start_time=time_or_none(start_us),
            end_time=time_or_none(end_us),
        ),
        principal=principal,
        scopes=decode_scopes(scopes),
        create_time=from_us(create_us),
        update_time=from_us(update_us),
        revision=revision,
        version=version,
        next_fire_time=time_or_none(next_fire_us),
        wake_time=time_or_none(wake_us),
        tries=tries,
        last_fire_time=time_or_none(last_fire_us),
        last_task_id=last_task_id,
        fired=fired,
        skipped=skipped,
        last_refusal=last_refusal,
    )


def _encode_template(task: TaskTemplate) -> str:
    document = {
        "intent": task.intent,
        "params": dict(task.params),
        "params_json": task.params_json,
        "preferred_engine": task.preferred_engine,
        "priority": task.priority,
        "privacy": task.privacy,
        "budget_micros": task.budget_micros,
        "p95": span_us_or_none(task.p95),
        "metadata": dict(task.metadata),
        "max_queue_time": span_us_or_none(task.max_queue_time),
    }
    return orjson.dumps(document).decode()


def _decode_template(document: dict[str, Any]) -> TaskTemplate:
    return TaskTemplate(
        intent=document["intent"],
        params=document["params"],
        params_json=document["params_json"],
        preferred_engine=document["preferred_engine"],
        priority=Priority(document["priority"]),
        privacy=None if document["privacy"] is None else Privacy(document["privacy"]),
        budget_micros=document["budget_micros"],
        p95=span_or_none(document["p95"]),
        metadata=document["metadata"],
        max_queue_time=span_or_none(document["max_queue_time"]),
    )
