"""What accepting a schedule's task does to the schedule, in the same transaction: `aion.domain.writes.Accept`."""

from dataclasses import replace

import pytest

from aion import failpoints
from aion.domain.errors import ChangedMeanwhile, OutcomeUnknown, QueueFull, ScheduleNotFound, StoreUnavailable
from aion.domain.schedules import Firing, Overlap
from aion.domain.tasks import TaskState
from tests.sample_schedules import HOUR, MINUTE, at, definition, new_schedule
from tests.sample_tasks import SCOPE, START, accept, claim, eager, key, new_task, settle

MOST = 10
TIME, FOLLOWING = START + MINUTE, START + 2 * MINUTE
A_TIME = at(TIME, FOLLOWING)
A_TRIGGER = Firing("nightly", "uid of nightly")
CANCELS = replace(A_TIME, cancels_last=True)


@pytest.fixture
def schedules(store):
    """ScheduleStore."""
    return store.schedules


async def create(schedules, **changes):
    return await schedules.create("acme", new_schedule(**changes), MOST)


async def test_a_time_is_counted_and_the_schedule_goes_on(store, schedules, clock):
    created = await create(schedules, tries=2, last_refusal="QUEUE_FULL: not now")
    clock.advance(MINUTE)
    await store.accept("acme", accept(new_task(), firing=A_TIME))
    assert await schedules.get("acme", "nightly") == replace(
        created,
        fired=1,
        last_task_id="task-1",
        last_fire_time=TIME,
        next_fire_time=FOLLOWING,
        wake_time=FOLLOWING,
        tries=0,
        last_refusal="",
        version=created.version + 1,
    )


async def test_a_trigger_is_counted_and_leaves_the_times_alone(store, schedules):
    created = await create(schedules, tries=2, last_refusal="QUEUE_FULL: not now")
    await store.accept("acme", accept(new_task(), firing=A_TRIGGER))
    after = await schedules.get("acme", "nightly")
    assert after == replace(created, fired=1, last_task_id="task-1", version=created.version + 1)


async def test_it_starts_at_once_like_any_other_task(store, schedules):
    await create(schedules)
    accepted = await store.accept("acme", accept(new_task(), eager=eager(), firing=A_TIME))
    assert (accepted.started, (await schedules.get("acme", "nightly")).fired) == (True, 1)


@pytest.mark.parametrize("firing", [A_TIME, A_TRIGGER], ids=["a time", "a trigger"])
async def test_a_replay_is_not_counted(store, schedules, firing):
    await create(schedules)
    await store.accept("acme", accept(new_task(), key(), firing=firing))
    counted = await schedules.get("acme", "nightly")
    for again in (new_task(), new_task("task-2")):
        assert (await store.accept("acme", accept(again, key(), firing=firing))).replayed
    assert await schedules.get("acme", "nightly") == counted


async def test_what_is_refused_is_not_counted_and_cancels_nothing(store, schedules):
    created = await create(schedules, last_task_id="task-1")
    await store.accept("acme", accept(new_task()))
    with pytest.raises(QueueFull):
        await store.accept("acme", accept(new_task("task-2"), max_pending=1, firing=CANCELS))
    assert await schedules.get("acme", "nightly") == created
    assert (await store.get("acme", "task-1")).state is TaskState.PENDING


@pytest.mark.parametrize(
    ("when", "error", "fired"),
    [("before", StoreUnavailable, 0), ("after", OutcomeUnknown, 1)],
)
async def test_task_and_count_are_written_together_or_not_at_all(store, schedules, monkeypatch, when, error, fired):
    await create(schedules)
    place = f"store.accept.{when}_commit"
    monkeypatch.setitem(failpoints._actions, place, lambda: failpoints._fail(place))
    with pytest.raises(error):
        await store.accept("acme", accept(new_task(), firing=A_TIME))
    monkeypatch.delitem(failpoints._actions, place)
    assert (await schedules.get("acme", "nightly")).fired == fired
    assert (await store.accept("acme", accept(new_task(), firing=A_TIME))).replayed == bool(fired)
    assert (await schedules.get("acme", "nightly")).fired == 1


async def test_a_schedule_that_is_gone_or_another_by_now_changes_nothing_about_its_task(store, schedules):
    await store.accept("acme", accept(new_task(), firing=A_TIME))
    with pytest.raises(ScheduleNotFound):
        await schedules.get("acme", "nightly")
    another = await create(schedules, uid="another")
    assert not (await store.accept("acme", accept(new_task("task-2"), firing=A_TIME))).replayed
    assert await schedules.get("acme", "nightly") == another


async def test_it_is_never_counted_in_the_schedule_of_another_tenant(store, schedules):
    created = await create(schedules)
    await store.accept("other", accept(new_task(tenant="other"), firing=A_TIME))
    assert await schedules.get("acme", "nightly") == created


async def test_a_schedule_that_was_paused_or_redefined_meanwhile_counts_and_keeps_its_next_time(store, schedules):
    for number, upcoming in enumerate((None, START + HOUR)):
        name = f"schedule-{number}"
        await create(schedules, schedule_id=name, next_fire_time=upcoming, wake_time=upcoming)
        firing = replace(A_TIME, schedule_id=name, uid=f"uid of {name}")
        await store.accept("acme", accept(new_task(f"task-{number}"), firing=firing))
        after = await schedules.get("acme", name)
        assert (after.fired, after.next_fire_time, after.wake_time) == (1, upcoming, upcoming)


async def test_who_read_the_schedule_before_writes_nothing_over_the_count(store, schedules):
    read = await create(schedules)
    await store.accept("acme", accept(new_task(), firing=A_TIME))
    with pytest.raises(ChangedMeanwhile):
        await schedules.replace("acme", replace(read, definition=definition(paused=True)))
    assert (await schedules.get("acme", "nightly")).fired == 1


# 12.5: CANCEL submits the task and cancels the one before.
async def test_the_task_before_is_canceled_in_the_same_commit(store, schedules):
    await create(schedules, definition=definition(overlap=Overlap.CANCEL))
    await store.accept("acme", accept(new_task("runs"), eager=eager(), firing=CANCELS))
    await store.accept("acme", accept(new_task("waits"), firing=CANCELS))
    await store.accept("acme", accept(new_task("last"), firing=CANCELS))
    runs, waits, last = [await store.get("acme", name) for name in ("runs", "waits", "last")]
    assert (runs.state, runs.cancel_requested) == (TaskState.RUNNING, True)
    assert (waits.state, last.state) == (TaskState.CANCELED, TaskState.PENDING)
    assert (await schedules.get("acme", "nightly")).last_task_id == "last"


async def test_what_has_ended_or_is_there_no_more_is_not_canceled(store, schedules):
    await create(schedules, last_task_id="purged")
    await store.accept("acme", accept(new_task("ends"), firing=CANCELS))
    (ends,) = await store.claim(SCOPE, claim())
    await store.settle(SCOPE, settle(ends))
    ended = await store.get("acme", "ends")
    await store.accept("acme", accept(new_task("last"), firing=CANCELS))
    assert await store.get("acme", "ends") == ended


async def test_a_time_that_comes_late_goes_to_the_end_of_the_line(store, schedules, clock):
    await create(schedules)
    clock.advance(HOUR)
    await store.accept("acme", accept(new_task(now=clock.now()), firing=A_TIME))
    after = await schedules.get("acme", "nightly")
    assert (after.next_fire_time, after.wake_time) == (FOLLOWING, START + HOUR)
