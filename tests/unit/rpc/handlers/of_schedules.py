"""What is asked about schedules, with every field set."""

from datetime import timedelta

from aion.adapters.rpc.fingerprint import fingerprint
from aion.domain.routing import Privacy
from aion.domain.schedules import CatchUp, Definition, Overlap, Schedule, TaskTemplate
from aion.domain.tasks import Priority
from aion.ports.schedule_usecases import ScheduleCommand, SchedulePage
from aion.ports.usecases import Submitted
from aion.v1 import schedules_pb2
from tests.unit.rpc.handlers.exchange import Exchange, span, stamp, time
from tests.unit.rpc.handlers.whole import under
from tests.unit.rpc.handlers.whole_task import TASK, shown

SAID_ELSEWHERE = under(
    "task",
    {"task_id", "request_id", "wait", "expire_time", "not_before", "validate_only", "schema_version", "sla.budget_usd"},
)
"""What shapes one task or one call has no place in a template, which has no shape of its own and one budget."""

DEFINITION = Definition(
    cron="30 6 * * MON-FRI",
    task=TaskTemplate(
        intent="summarize",
        params={"text": "One. Two."},
        params_json='{"text":"Three."}',
        preferred_engine="module:summarizer",
        priority=Priority.HIGH,
        privacy=Privacy.HYBRID,
        budget_micros=1200,
        p95=timedelta(milliseconds=250),
        metadata={"team": "blue"},
        max_queue_time=timedelta(seconds=90),
    ),
    time_zone="Europe/Paris",
    catch_up=CatchUp.ALL,
    catch_up_window=timedelta(minutes=5),
    overlap=Overlap.CANCEL,
    paused=True,
    pause_note="on holiday",
    start_time=time(1),
    end_time=time(2),
)
SAID = schedules_pb2.Schedule(
    schedule_id="nightly",
    cron="30 6 * * MON-FRI",
    task={
        "intent": "summarize",
        "params": {"text": "One. Two."},
        "params_json": '{"text":"Three."}',
        "preferred_engine": "module:summarizer",
        "priority": "high",
        "sla": {"privacy": "hybrid", "budget_micros": 1200, "p95_ms": 250},
        "metadata": {"team": "blue"},
        "max_queue_time": span(90_000),
    },
    time_zone="Europe/Paris",
    catch_up=schedules_pb2.CATCH_UP_ALL,
    catch_up_window=span(300_000),
    overlap=schedules_pb2.OVERLAP_CANCEL,
    paused=True,
    pause_note="on holiday",
    start_time=stamp(1),
    end_time=stamp(2),
)
SCHEDULE = Schedule(
    tenant="acme",
    schedule_id="nightly",
    uid="uid",
    fingerprint=b"fingerprint",
    definition=DEFINITION,
    principal="service",
    scopes=frozenset({"intent:*:run"}),
    create_time=time(3),
    update_time=time(4),
    revision=5,
    version=6,
    next_fire_time=time(7),
    wake_time=time(8),
    tries=9,
    last_fire_time=time(10),
    last_task_id="t-9",
    fired=11,
    skipped=12,
    last_refusal="the tenant has too many tasks",
)


def _shown() -> schedules_pb2.Schedule:
    """What the client said, and what has come of it."""
    message = schedules_pb2.Schedule(
        create_time=stamp(3),
        update_time=stamp(4),
        next_fire_time=stamp(7),
        last_fire_time=stamp(10),
        last_task_id="t-9",
        fired=11,
        skipped=12,
        last_refusal="the tenant has too many tasks",
        etag="5",
    )
    message.MergeFrom(SAID)
    return message


SCHEDULE_SHOWN = _shown()
# Who sends back what was shown says no more than at first, but for the state that this is meant for.
COMMAND = ScheduleCommand("nightly", DEFINITION, fingerprint(SAID), "5")

EXCHANGES = [
    Exchange(
        path="/aion.v1.ScheduleService/CreateSchedule",
        request=schedules_pb2.CreateScheduleRequest(schedule=SCHEDULE_SHOWN),
        use_case="schedules.create",
        asked=(COMMAND,),
        found=SCHEDULE,
        answer=schedules_pb2.CreateScheduleResponse(schedule=SCHEDULE_SHOWN),
        unset=under("schedule", SAID_ELSEWHERE),
        unanswered=under("schedule", SAID_ELSEWHERE),
    ),
    Exchange(
        path="/aion.v1.ScheduleService/GetSchedule",
        request=schedules_pb2.GetScheduleRequest(schedule_id="nightly"),
        use_case="schedules.get",
        asked=("nightly",),
        found=SCHEDULE,
        answer=schedules_pb2.GetScheduleResponse(schedule=SCHEDULE_SHOWN),
        unanswered=under("schedule", SAID_ELSEWHERE),
    ),
    Exchange(
        path="/aion.v1.ScheduleService/ListSchedules",
        request=schedules_pb2.ListSchedulesRequest(page_size=3, page_token="this page"),
        use_case="schedules.list",
        asked=(3, "this page"),
        found=SchedulePage([SCHEDULE], "the next page"),
        answer=schedules_pb2.ListSchedulesResponse(schedules=[SCHEDULE_SHOWN], next_page_token="the next page"),
        unanswered=under("schedules", SAID_ELSEWHERE),
    ),
    Exchange(
        path="/aion.v1.ScheduleService/UpdateSchedule",
        request=schedules_pb2.UpdateScheduleRequest(schedule=SCHEDULE_SHOWN, schedule_id="nightly"),
        use_case="schedules.update",
        asked=(COMMAND,),
        found=SCHEDULE,
        answer=schedules_pb2.UpdateScheduleResponse(schedule=SCHEDULE_SHOWN),
        unset=under("schedule", SAID_ELSEWHERE),
        unanswered=under("schedule", SAID_ELSEWHERE),
    ),
    Exchange(
        path="/aion.v1.ScheduleService/PauseSchedule",
        request=schedules_pb2.PauseScheduleRequest(schedule_id="nightly", note="on holiday"),
        use_case="schedules.pause",
        asked=("nightly", "on holiday"),
        found=SCHEDULE,
        answer=schedules_pb2.PauseScheduleResponse(schedule=SCHEDULE_SHOWN),
        unanswered=under("schedule", SAID_ELSEWHERE),
    ),
    Exchange(
        path="/aion.v1.ScheduleService/ResumeSchedule",
        request=schedules_pb2.ResumeScheduleRequest(schedule_id="nightly"),
        use_case="schedules.resume",
        asked=("nightly",),
        found=SCHEDULE,
        answer=schedules_pb2.ResumeScheduleResponse(schedule=SCHEDULE_SHOWN),
        unanswered=under("schedule", SAID_ELSEWHERE),
    ),
    Exchange(
        path="/aion.v1.ScheduleService/TriggerSchedule",
        request=schedules_pb2.TriggerScheduleRequest(schedule_id="nightly", request_id="key-1"),
        use_case="schedules.trigger",
        asked=("nightly", "key-1"),
        found=Submitted(TASK, replayed=True),
        answer=schedules_pb2.TriggerScheduleResponse(task=shown(replayed=True)),
        unanswered={"task.event"},  # only a message of a stream brings one
    ),
    Exchange(
        path="/aion.v1.ScheduleService/DeleteSchedule",
        request=schedules_pb2.DeleteScheduleRequest(schedule_id="nightly"),
        use_case="schedules.delete",
        asked=("nightly",),
        found=None,
        answer=schedules_pb2.DeleteScheduleResponse(),
    ),
]
