"""The law of ScheduleStore: what ports/schedules.py says, over every adapter."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from aion.adapters.storage.sqlite import open_store
from aion.domain.errors import ChangedMeanwhile, LimitReached, ScheduleAlreadyExists, ScheduleNotFound
from aion.domain.routing import Privacy
from aion.domain.schedules import CatchUp, Definition, Overlap, TaskTemplate
from aion.domain.tasks import Priority
from tests.sample_schedules import HOUR, MINUTE, definition, new_schedule
from tests.sample_tasks import SCOPE, START

MOST = 100

EVERYTHING = new_schedule(
    definition=Definition(
        cron="30 6 * * MON-FRI",
        task=TaskTemplate(
            intent="summarize",
            params={"text": "für 'alle'"},
            params_json='{"a":1}',
            preferred_engine="module:summarize@1.0.0",
            priority=Priority.HIGH,
            privacy=Privacy.LOCAL_ONLY,
            budget_micros=0,
            p95=timedelta(milliseconds=250),
            metadata={"team": "night"},
            max_queue_time=timedelta(minutes=5),
        ),
        time_zone="Europe/Paris",
        catch_up=CatchUp.ALL,
        catch_up_window=timedelta(days=30),
        overlap=Overlap.CANCEL,
        pause_note="a note",
        start_time=START + timedelta(microseconds=1),
        end_time=START + timedelta(days=3650),
    ),
    revision=7,
    version=9,
    tries=2,
    last_fire_time=START - MINUTE,
    last_task_id="task-1",
    fired=12,
    skipped=3,
    last_refusal="QUEUE_FULL: the queue is full",
)


@pytest.fixture
def schedules(store):
    """ScheduleStore."""
    return store.schedules


@pytest.mark.parametrize("schedule", [EVERYTHING, new_schedule(), new_schedule(next_fire_time=None, wake_time=None)])
async def test_a_schedule_is_read_as_it_was_written(schedules, schedule):
    assert await schedules.create("acme", schedule, MOST) == schedule
    assert await schedules.get("acme", "nightly") == schedule


async def test_what_another_tenant_has_looks_like_what_is_not_there(schedules):
    await schedules.create("acme", new_schedule(), MOST)
    with pytest.raises(ScheduleNotFound) as foreign:
        await schedules.get("other", "nightly")
    with pytest.raises(ScheduleNotFound) as nowhere:
        await schedules.get("nobody", "nightly")
    assert foreign.value.message == nowhere.value.message
    with pytest.raises(ScheduleNotFound):
        await schedules.delete("other", "nightly")
    assert await schedules.list("other", "", MOST) == []
    await schedules.create("other", new_schedule(tenant="other"), MOST)
    assert (await schedules.get("acme", "nightly")).tenant == "acme"


async def test_a_schedule_is_written_for_its_own_tenant_only(schedules):
    with pytest.raises(ValueError, match="another tenant"):
        await schedules.create("other", new_schedule(), MOST)
    with pytest.raises(ValueError, match="another tenant"):
        await schedules.replace("other", new_schedule())


# 12.8: The same creation again is a replay.
async def test_the_same_creation_again_is_answered_with_the_schedule_as_it_is_now(schedules):
    await schedules.create("acme", new_schedule(), MOST)
    changed = await schedules.replace("acme", replace(new_schedule(), fired=3))
    assert await schedules.create("acme", new_schedule(uid="another"), MOST) == changed


async def test_an_id_that_is_taken_by_another_schedule_is_refused(schedules):
    await schedules.create("acme", new_schedule(), MOST)
    with pytest.raises(ScheduleAlreadyExists) as refused:
        await schedules.create("acme", new_schedule(fingerprint=b"other"), MOST)
    assert refused.value.violations[0].field == "schedule.schedule_id"


async def test_a_tenant_has_no_more_schedules_than_it_may_and_a_replay_is_not_one_more(schedules):
    for name in ("a", "b"):
        await schedules.create("acme", new_schedule(name), 2)
    with pytest.raises(LimitReached, match="2 schedules") as refused:
        await schedules.create("acme", new_schedule("c"), 2)
    assert refused.value.facts == {"limit": "2"}
    assert (await schedules.create("acme", new_schedule("a"), 2)).schedule_id == "a"
    await schedules.create("other", new_schedule("c", tenant="other"), 2)
    await schedules.delete("acme", "a")
    await schedules.create("acme", new_schedule("c"), 2)


async def test_a_list_goes_by_id_strictly_after_the_given_one(schedules):
    for name in ("b", "a", "d", "c"):
        await schedules.create("acme", new_schedule(name), MOST)
    assert [one.schedule_id for one in await schedules.list("acme", "", 3)] == ["a", "b", "c"]
    assert [one.schedule_id for one in await schedules.list("acme", "b", 3)] == ["c", "d"]


async def test_a_write_gives_the_next_version(schedules):
    await schedules.create("acme", new_schedule(), MOST)
    changed = replace(new_schedule(), definition=definition(cron="0 * * * *"), principal="other", scopes=frozenset())
    written = await schedules.replace("acme", changed)
    assert written == replace(changed, version=2)
    assert await schedules.get("acme", "nightly") == written


async def test_a_write_over_another_version_is_refused_and_changes_nothing(schedules):
    await schedules.create("acme", new_schedule(), MOST)
    first = await schedules.replace("acme", replace(new_schedule(), fired=1))
    with pytest.raises(ChangedMeanwhile, match="read it again") as refused:
        await schedules.replace("acme", replace(new_schedule(), fired=5))
    assert refused.value.facts == {"schedule_id": "nightly"}
    assert await schedules.get("acme", "nightly") == first


async def test_of_two_writes_at_once_one_is_refused(schedules):
    await schedules.create("acme", new_schedule(), MOST)
    both = await asyncio.gather(
        *(schedules.replace("acme", replace(new_schedule(), fired=n)) for n in (1, 2)), return_exceptions=True
    )
    assert [type(one).__name__ for one in both] == ["Schedule", "ChangedMeanwhile"]


async def test_a_write_never_meets_another_schedule_that_took_the_id(schedules):
    await schedules.create("acme", new_schedule(), MOST)
    await schedules.delete("acme", "nightly")
    with pytest.raises(ScheduleNotFound):
        await schedules.replace("acme", new_schedule())
    await schedules.create("acme", new_schedule(uid="another"), MOST)
    with pytest.raises(ScheduleNotFound):
        await schedules.replace("acme", new_schedule())


async def test_a_deleted_schedule_is_gone(schedules):
    await schedules.create("acme", new_schedule(), MOST)
    await schedules.delete("acme", "nightly")
    with pytest.raises(ScheduleNotFound):
        await schedules.get("acme", "nightly")
    with pytest.raises(ScheduleNotFound):
        await schedules.delete("acme", "nightly")


async def test_due_are_those_whose_time_has_come_in_every_tenant_the_longest_waiting_first(schedules):
    for name, tenant, wake in (("b", "acme", 2), ("a", "other", 1), ("c", "acme", 3)):
        await schedules.create(tenant, new_schedule(name, tenant, wake_time=START + wake * MINUTE), MOST)
    await schedules.create("acme", new_schedule("paused", next_fire_time=None, wake_time=None), MOST)
    assert await schedules.due(SCOPE, START, 10) == []
    due = await schedules.due(SCOPE, START + 2 * MINUTE, 10)
    assert [(one.tenant, one.schedule_id) for one in due] == [("other", "a"), ("acme", "b")]
    assert [one.schedule_id for one in await schedules.due(SCOPE, START + HOUR, 1)] == ["a"]


async def test_tenants_take_turns_however_much_of_one_is_due(schedules):
    for number in range(5):
        await schedules.create("acme", new_schedule(f"a{number}", wake_time=START + number * MINUTE), MOST)
    for name, tenant, wake in (("b0", "other", 9), ("b1", "other", 8), ("c0", "third", 7)):
        await schedules.create(tenant, new_schedule(name, tenant, wake_time=START + wake * MINUTE), MOST)
    due = [one.schedule_id for one in await schedules.due(SCOPE, START + HOUR, 10)]
    assert due == ["a0", "c0", "b1", "a1", "b0", "a2", "a3", "a4"]
    assert [one.schedule_id for one in await schedules.due(SCOPE, START + HOUR, 4)] == due[:4]
    assert [one.schedule_id for one in await schedules.due(SCOPE, START + HOUR, 1)] == due[:1]


async def test_tenants_that_are_left_alone_are_neither_due_nor_waited_for(schedules):
    for tenant, wake in (("acme", 1), ("other", 2)):
        await schedules.create(tenant, new_schedule("s", tenant, wake_time=START + wake * MINUTE), MOST)
    assert [one.tenant for one in await schedules.due(SCOPE, START + HOUR, 10, {"acme"})] == ["other"]
    assert await schedules.next_wake(SCOPE, {"acme"}) == START + 2 * MINUTE
    assert await schedules.next_wake(SCOPE, {"acme", "other"}) is None


async def test_the_next_wake_time_is_the_first_of_all(schedules):
    assert await schedules.next_wake(SCOPE) is None
    await schedules.create("acme", new_schedule("paused", next_fire_time=None, wake_time=None), MOST)
    assert await schedules.next_wake(SCOPE) is None
    await schedules.create("acme", new_schedule("late", wake_time=START + HOUR), MOST)
    await schedules.create("other", new_schedule("soon", "other", wake_time=START + MINUTE), MOST)
    assert await schedules.next_wake(SCOPE) == START + MINUTE


async def test_schedules_are_there_after_a_restart(tmp_path, clock, signals):
    url = f"sqlite:///{tmp_path / 'store' / 'aion.sqlite'}"
    (tmp_path / "store").mkdir()
    async with open_store(url, clock, signals, "first") as store:
        await store.schedules.create("acme", EVERYTHING, MOST)
    async with open_store(url, clock, signals, "second") as store:
        assert await store.schedules.get("acme", "nightly") == EVERYTHING
        assert await store.schedules.due(SCOPE, START + HOUR, 10) == [EVERYTHING]
