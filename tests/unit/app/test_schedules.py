"""What clients do with schedules, over a real store and a clock that stands still."""

from datetime import UTC, datetime, timedelta

import pytest

from aion.adapters.cron import CronCalendar
from aion.adapters.page_tokens import SealedPageTokens
from aion.app.usecases.schedule_tasks import command_of
from aion.app.usecases.schedules import ListSchedules, PauseSchedule, ResumeSchedule
from aion.domain.errors import (
    ChangedMeanwhile,
    InputSchemaViolation,
    IntentNotFound,
    NoEligibleEngine,
    PageTokenInvalid,
    PermissionDenied,
    ScheduleInvalid,
    ScheduleNotFound,
    ValidationFailed,
)
from aion.domain.schedules import Overlap, TaskTemplate
from tests.manual_clock import CountingEntropy
from tests.sample_schedules import HOUR, MINUTE
from tests.sample_tasks import START
from tests.unit.app.schedule_clients import caller, command, creates, desk_with_a_catalog, triggers, updates


@pytest.fixture
async def desk(tmp_path):
    async with desk_with_a_catalog(tmp_path) as opened:
        yield opened


async def test_a_new_schedule_knows_when_it_fires_and_on_whose_behalf(desk):
    schedule = await creates(desk)(caller(), command())
    assert (schedule.next_fire_time, schedule.wake_time) == (START + MINUTE, START + MINUTE)
    assert (schedule.principal, schedule.scopes) == ("service", {"intent:*:run", "tasks:write"})
    assert (schedule.create_time, schedule.update_time, schedule.etag) == (START, START, "1")
    assert await desk.get() == schedule


async def test_a_new_schedule_may_be_paused(desk):
    schedule = await creates(desk)(caller(), command(paused=True))
    assert schedule.next_fire_time is None


# 12.8: The same creation again is a replay.
async def test_a_creation_sent_again_is_answered_even_if_it_would_now_be_refused(desk):
    first = await creates(desk)(caller(), command(end_time=START + 2 * MINUTE))
    desk.clock.advance(HOUR)
    assert await creates(desk)(caller(scopes=()), command(end_time=START + 2 * MINUTE)) == first


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"task": TaskTemplate("unknown")}, IntentNotFound, "schedule.task.intent"),
        ({"task": TaskTemplate("summarize")}, InputSchemaViolation, "schedule.task.params.text"),
        ({"task": TaskTemplate("summarize", {"text": "a"}, "{}")}, ValidationFailed, "schedule.task.params_json"),
        ({"task": TaskTemplate("ask")}, NoEligibleEngine, "model:m"),
        ({"cron": "0 0 31 2 *"}, ScheduleInvalid, "schedule.cron"),
        ({"time_zone": "Mars/Base"}, ScheduleInvalid, "schedule.time_zone"),
        ({"start_time": START + HOUR, "end_time": START + HOUR}, ValidationFailed, "schedule.end_time"),
        ({"end_time": START}, ScheduleInvalid, "schedule.end_time"),
        ({"cron": "0 0 29 2 *", "end_time": datetime(2027, 1, 1, tzinfo=UTC)}, ScheduleInvalid, "schedule.end_time"),
        ({"paused": True, "end_time": START}, ScheduleInvalid, "schedule.end_time"),
    ],
)
async def test_a_schedule_that_cannot_work_is_refused_when_it_is_made(desk, changes, error, field):
    with pytest.raises(error) as refused:
        await creates(desk)(caller(), command(**changes))
    assert refused.value.violations[0].field == field
    with pytest.raises(ScheduleNotFound):
        await desk.get()


async def test_who_may_not_run_the_intent_can_neither_make_nor_change_a_schedule_of_it(desk):
    with pytest.raises(PermissionDenied, match="intent:summarize:run"):
        await creates(desk)(caller(scopes=("tasks:write",)), command())
    await creates(desk)(caller(), command())
    with pytest.raises(PermissionDenied):
        await updates(desk)(caller(scopes=("tasks:write",)), command())


async def test_an_update_counts_for_the_one_who_made_it_and_keeps_what_happened(desk):
    await creates(desk)(caller(), command())
    await desk.after(MINUTE)
    scopes = {"intent:summarize:run", "tasks:write"}
    after = await updates(desk)(caller(principal="other", scopes=scopes), command(cron="0 * * * *"))
    assert (after.principal, after.scopes) == ("other", scopes)
    assert (after.fired, after.etag, after.next_fire_time) == (1, "2", START + HOUR)


# 12.2: What leaves no time to fire is refused, too, when a schedule is made and when its timing changes.
@pytest.mark.parametrize("changes", [{"end_time": START}, {"paused": True, "end_time": START - HOUR}])
async def test_an_update_to_a_timing_that_leaves_no_time_is_refused(desk, changes):
    made = await creates(desk)(caller(), command())
    with pytest.raises(ScheduleInvalid, match="can never fire") as refused:
        await updates(desk)(caller(), command(**changes))
    assert refused.value.violations[0].field == "schedule.end_time"
    assert await desk.get() == made


async def test_a_schedule_that_is_over_may_change_in_all_but_its_timing(desk):
    over = {"end_time": START + 2 * MINUTE}
    await creates(desk)(caller(), command(**over))
    desk.clock.advance(HOUR)
    await desk.after(MINUTE)
    after = await updates(desk)(caller(), command(**over, overlap=Overlap.ALLOW))
    assert (after.definition.overlap, after.next_fire_time) == (Overlap.ALLOW, None)
    with pytest.raises(ScheduleInvalid):
        await updates(desk)(caller(), command(end_time=START + 3 * MINUTE))
    again = await updates(desk)(caller(), command(end_time=START + 2 * HOUR))
    assert again.next_fire_time == START + HOUR + 2 * MINUTE


async def test_an_update_that_names_an_older_etag_is_refused(desk):
    await creates(desk)(caller(), command())
    await updates(desk)(caller(), command(etag="1", overlap=Overlap.ALLOW))
    with pytest.raises(ChangedMeanwhile) as refused:
        await updates(desk)(caller(), command(etag="1"))
    assert refused.value.violations[0].field == "schedule.etag"
    assert refused.value.facts == {"schedule_id": "nightly"}
    assert (await updates(desk)(caller(), command())).etag == "3"


async def test_firing_does_not_change_the_etag(desk):
    await creates(desk)(caller(), command())
    await desk.after(MINUTE)
    assert (await updates(desk)(caller(), command(etag="1"))).etag == "2"


async def test_what_another_tenant_has_can_be_neither_changed_nor_triggered(desk):
    await creates(desk)(caller(), command())
    stranger = caller("other")
    for attempt in (
        updates(desk)(stranger, command()),
        PauseSchedule(desk.store.schedules, desk.clock)(stranger, "nightly", ""),
        ResumeSchedule(desk.store.schedules, CronCalendar(), desk.clock)(stranger, "nightly"),
        triggers(desk)(stranger, "nightly", ""),
    ):
        with pytest.raises(ScheduleNotFound):
            await attempt


# 12.7: What passes while a schedule is paused is neither missed nor counted.
async def test_a_paused_schedule_fires_nothing_and_what_passed_is_not_caught_up(desk):
    await creates(desk)(caller(), command())
    paused = await PauseSchedule(desk.store.schedules, desk.clock)(caller(), "nightly", "holidays")
    assert (paused.definition.paused, paused.definition.pause_note, paused.next_fire_time) == (True, "holidays", None)
    assert await desk.after(HOUR, rounds=3) == paused
    resume = ResumeSchedule(desk.store.schedules, CronCalendar(), desk.clock)
    resumed = await resume(caller(), "nightly")
    assert (resumed.next_fire_time, resumed.skipped, resumed.fired) == (START + HOUR + MINUTE, 0, 0)
    assert await resume(caller(), "nightly") == resumed
    assert (await desk.after(MINUTE)).fired == 1


# 12.2: To define or trigger one needs the scope `tasks:write`, too.
async def test_who_may_not_submit_tasks_has_no_clock_submit_them_either(desk):
    await creates(desk)(caller(), command())
    nobody = caller(scopes=("schedules:write", "intent:*:run"))
    for refused in (
        creates(desk)(nobody, command("another")),
        updates(desk)(nobody, command()),
        triggers(desk)(nobody, "nightly", ""),
    ):
        with pytest.raises(PermissionDenied) as why:
            await refused
        assert why.value.facts == {"scope": "tasks:write"}
    assert (desk.asked, (await desk.get()).revision) == ([], 1)


async def test_a_schedule_that_others_change_time_after_time_is_given_up(desk):
    await creates(desk)(caller(), command())
    held = await desk.get()
    tried = []

    class Contended:
        async def get(self, tenant, schedule_id):
            return held

        async def replace(self, tenant, schedule):
            tried.append(schedule)
            raise ChangedMeanwhile("somebody was faster")

    with pytest.raises(ChangedMeanwhile, match="try again"):
        await PauseSchedule(Contended(), desk.clock)(caller(), "nightly", "")
    assert len(tried) == 20


async def test_a_list_is_read_page_by_page_and_its_tokens_fit_nobody_else(desk):
    create = creates(desk)
    for name in ("c", "a", "b"):
        await create(caller(), command(name))
    lists = ListSchedules(desk.store.schedules, SealedPageTokens(b"secret", CountingEntropy()))
    first = await lists(caller(), 2, "")
    rest = await lists(caller(), 2, first.next_page_token)
    assert [one.schedule_id for one in (*first.schedules, *rest.schedules)] == ["a", "b", "c"]
    assert rest.next_page_token == ""
    with pytest.raises(PageTokenInvalid):
        await lists(caller("other"), 2, first.next_page_token)


async def test_a_change_meets_the_scheduler_and_neither_is_lost(desk):
    await creates(desk)(caller(), command())
    before = await desk.get()
    reads = [before]
    real = desk.store.schedules.get

    async def stale(tenant, schedule_id):
        # The first read is from before the scheduler wrote.
        return reads.pop() if reads else await real(tenant, schedule_id)

    await desk.after(MINUTE)
    desk.store.schedules.get = stale
    after = await PauseSchedule(desk.store.schedules, desk.clock)(caller(), "nightly", "")
    assert (after.definition.paused, after.fired) == (True, 1)


def test_a_template_is_submitted_with_all_that_it_says():
    template = TaskTemplate("summarize", metadata={"a": "b"}, max_queue_time=timedelta(seconds=5), budget_micros=0)
    asked = command_of(template, b"mark")
    assert (asked.metadata, asked.max_queue_time, asked.budget_micros) == ({"a": "b"}, timedelta(seconds=5), 0)
    assert (asked.intent, asked.fingerprint) == ("summarize", b"mark")
