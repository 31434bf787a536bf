"""Schedules over every transport, fired by a running server and by one that was killed in between."""

import sqlite3
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from aion.v1 import schedules_pb2, tasks_pb2
from tests.e2e.answers import Document
from tests.e2e.callers import Caller, callers_of
from tests.e2e.faces import BY_NAME, Face, refusal
from tests.e2e.patience import eventually
from tests.e2e.processes import PATIENCE, Running, running
from tests.e2e.transcoding import named_by

FACES = pytest.mark.parametrize("face", ["grpc", "rest"])
NIGHTLY = "0 3 29 2 *"
"""So rarely that no test meets it by chance."""

MINUTE_US = 60_000_000


def schedule(**members: Any) -> schedules_pb2.Schedule:
    """A schedule of `echo` that fires in a night of a leap year."""
    task = tasks_pb2.TaskRequest(intent="echo", params={"text": "good night"})
    return schedules_pb2.Schedule(**{"schedule_id": "nightly", "cron": NIGHTLY, "task": task, **members})


async def create(face: Face, **members: Any) -> Document:
    request = schedules_pb2.CreateScheduleRequest(schedule=schedule(**members))
    answer = await face.unary(BY_NAME["CreateSchedule"], request)
    created: Document = answer["schedule"]
    return created


async def call(face: Face, name: str, **members: Any) -> Document:
    """The answer of an RPC that names a schedule."""
    request = BY_NAME[name].request(**{"schedule_id": "nightly", **members})
    return await face.unary(BY_NAME[name], request)


def make_due(data: Path, tenant: str) -> None:
    """Turns the clock, as the store sees it: the schedule should have fired a minute ago."""
    past = time.time_ns() // 1000 // MINUTE_US * MINUTE_US - MINUTE_US
    database = sqlite3.connect(data / "aion.db", timeout=PATIENCE)
    with database:
        changed = database.execute(
            "UPDATE schedules SET next_fire_us = ?, wake_us = ?, version = version + 1 WHERE tenant_id = ?",
            (past, past, tenant),
        )
    assert changed.rowcount == 1
    database.close()


async def fired(caller: Caller) -> Document | None:
    """The schedule, once it has fired."""
    found: Document = (await call(caller.grpc, "GetSchedule"))["schedule"]
    return found if int(found["fired"]) else None


@FACES
async def test_a_schedule_lives_its_life(caller: Caller, face):
    way = caller.face(face)
    made = await create(way, time_zone="Europe/Paris")
    assert (made["cron"], made["time_zone"], made["fired"], made["paused"]) == (NIGHTLY, "Europe/Paris", 0, False)
    assert "next_fire_time" in made
    assert (await call(way, "GetSchedule"))["schedule"] == made
    listed = await way.unary(BY_NAME["ListSchedules"], schedules_pb2.ListSchedulesRequest())
    assert listed["schedules"] == [made]

    paused = (await call(way, "PauseSchedule", note="holidays"))["schedule"]
    assert (paused["paused"], paused["pause_note"], "next_fire_time" in paused) == (True, "holidays", False)
    resumed = (await call(way, "ResumeSchedule"))["schedule"]
    assert (resumed["paused"], resumed["next_fire_time"]) == (False, made["next_fire_time"])

    changed = schedule(cron="@hourly", etag=resumed["etag"], overlap=schedules_pb2.OVERLAP_ALLOW)
    updated = (await call(way, "UpdateSchedule", schedule=changed))["schedule"]
    assert (updated["cron"], updated["overlap"]) == ("@hourly", "OVERLAP_ALLOW")
    stale = schedules_pb2.UpdateScheduleRequest(schedule_id="nightly", schedule=changed)
    assert (await refusal(way, BY_NAME["UpdateSchedule"], stale)).reason == "CHANGED_MEANWHILE"

    await call(way, "DeleteSchedule")
    gone = schedules_pb2.GetScheduleRequest(schedule_id="nightly")
    assert (await refusal(way, BY_NAME["GetSchedule"], gone)).reason == "SCHEDULE_NOT_FOUND"


@FACES
async def test_a_creation_is_replayed_and_another_one_under_its_id_is_refused(caller: Caller, face):
    way = caller.face(face)
    assert await create(way) == await create(way)
    another = schedules_pb2.CreateScheduleRequest(schedule=schedule(cron="@daily"))
    refused = await refusal(way, BY_NAME["CreateSchedule"], another)
    assert (refused.code, refused.reason) == ("ALREADY_EXISTS", "SCHEDULE_ALREADY_EXISTS")


@FACES
async def test_a_trigger_submits_the_task_and_the_same_key_finds_it(caller: Caller, face):
    way = caller.face(face)
    await create(way, paused=True)
    first = (await call(way, "TriggerSchedule", request_id="now"))["task"]
    again = (await call(way, "TriggerSchedule", request_id="now"))["task"]
    assert first["schedule_id"] == "nightly"
    assert (again["task_id"], again["replayed"]) == (first["task_id"], True)
    held = await fired(caller)
    assert held is not None
    assert (int(held["fired"]), held["last_task_id"]) == (1, first["task_id"])


@FACES
@pytest.mark.parametrize(
    ("members", "reason", "field"),
    [
        ({"cron": "0 0 31 2 *"}, "SCHEDULE_INVALID", "schedule.cron"),
        ({"time_zone": "Europe/Nowhere"}, "SCHEDULE_INVALID", "schedule.time_zone"),
        ({"task": tasks_pb2.TaskRequest(intent="echo", task_id="a")}, "VALIDATION_FAILED", "schedule.task.task_id"),
        (
            {"task": tasks_pb2.TaskRequest(intent="echo", validate_only=True)},
            "VALIDATION_FAILED",
            "schedule.task.validate_only",
        ),
        ({"task": tasks_pb2.TaskRequest(intent="nobody")}, "INTENT_NOT_FOUND", "schedule.task.intent"),
        ({"task": None}, "VALIDATION_FAILED", "schedule.task"),
        ({"cron": ""}, "VALIDATION_FAILED", "schedule.cron"),
    ],
)
async def test_a_schedule_that_cannot_work_is_refused_with_the_field_named(
    caller: Caller, face, members, reason, field
):
    request = schedules_pb2.CreateScheduleRequest(schedule=schedule(**members))
    refused = await refusal(caller.face(face), BY_NAME["CreateSchedule"], request)
    assert refused.reason == reason
    assert named_by(face, BY_NAME["CreateSchedule"], field) in [violated for violated, _ in refused.violations]


async def test_what_was_read_can_be_sent_back_and_changes_nothing_but_the_etag(caller: Caller):
    await create(caller.rest, pause_note="a note")
    client, headers = caller.rest.client, dict(caller.rest.headers)
    read = (await client.get("/v1/schedules/nightly", headers=headers)).json()
    answer = await client.put("/v1/schedules/nightly", json=read, headers=headers)
    written = answer.json()
    same = {name: value for name, value in written.items() if name not in ("etag", "update_time")}
    assert same == {name: value for name, value in read.items() if name not in ("etag", "update_time")}
    assert (read["etag"], written["etag"]) == ("1", "2")


async def test_the_id_in_the_path_and_in_the_body_are_one(caller: Caller):
    await create(caller.rest)
    body = {"cron": NIGHTLY, "task": {"intent": "echo", "params": {"text": "good night"}}}
    headers = dict(caller.rest.headers)

    async def put(document: Document) -> httpx2.Response:
        return await caller.rest.client.put("/v1/schedules/nightly", json=document, headers=headers)

    answer = await put({"schedule_id": "other", **body})
    assert (answer.status_code, answer.json()["reason"]) == (400, "VALIDATION_FAILED")
    assert answer.json()["violations"][0]["field"] == "schedule_id"
    for document in (body, {"schedule_id": "nightly", **body}):
        assert (await put(document)).json()["schedule_id"] == "nightly"


# 12.1, 12.4: the latest missed time fires once.
async def test_a_server_fires_what_is_due(server: Running, caller: Caller):
    await create(caller.grpc)
    make_due(server.data, caller.tenant)
    held = await eventually(lambda: fired(caller), "the schedule fires")
    (task,) = await caller.tasks()
    assert (task["task_id"], task["schedule_id"]) == (held["last_task_id"], "nightly")
    assert held["next_fire_time"] > held["last_fire_time"]

    async def ended() -> bool:
        return bool((await caller.get(task["task_id"]))["status"] == "OK")

    assert await eventually(ended, "its task ends")


# 12.1 A time of a schedule becomes at most one task, whatever crashes.
@pytest.mark.parametrize(
    "place",
    [
        "store.accept.after_commit",
        "store.accept.before_commit",
    ],
)
@pytest.mark.slow
async def test_a_server_that_is_killed_while_it_fires_submits_the_time_once(tmp_path, catalogue, place):
    with running(tmp_path, *catalogue, AION_FAILPOINTS=f"{place}=kill") as server:
        async with callers_of(server) as make:
            caller = make()
            await create(caller.grpc)
        make_due(server.data, caller.tenant)
        assert server.process.wait(PATIENCE) == -9
    with running(tmp_path, *catalogue) as server:
        async with callers_of(server) as make:
            again = make(tenant=caller.tenant)
            held = await eventually(lambda: fired(again), "the schedule goes on")
            tasks = await again.tasks()
    assert [task["task_id"] for task in tasks] == [held["last_task_id"]]
    assert (int(held["fired"]), int(held["skipped"])) == (1, 0)
