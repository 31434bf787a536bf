"""What operators may rely on: `aion.ports.housekeeping`, sentence by sentence."""

from datetime import timedelta

import pytest

from aion.adapters.storage.api_keys import SqliteApiKeyStore
from aion.adapters.storage.sqlite import open_store
from aion.domain.attempts import AttemptOutcome, AttemptResult, Failure
from aion.domain.errors import EventsExpired, TaskAlreadyExists, TaskNotFound
from aion.domain.retention import Kept, RetentionPolicy, TenantRetention
from aion.domain.tasks import TaskState
from aion.ports.housekeeping import Swept
from aion.ports.identity import ApiKey
from tests.sample_tasks import FAILED, OK, SCOPE, START, accept, eager, key, new_task, settle, tokens

DAY = timedelta(days=1)
TIMEOUT = AttemptResult(AttemptOutcome.TIMEOUT, failure=Failure("ATTEMPT_TIMEOUT", "it took too long"))
NOTHING, LAST_ONE = Swept(0, more=False), Swept(1, more=False)


def events_for(span):
    """Keeps events for so long, in every tenant, after every end."""
    return RetentionPolicy(TenantRetention(events=Kept.alike(span)))


def tasks_for(span):
    """Keeps tasks for so long, in every tenant, after every end."""
    return RetentionPolicy(TenantRetention(tasks=Kept.alike(span)))


async def ended(store, task_id, result=OK, tenant="acme", **changes):
    """A task that has ended so; its events wait for no purge."""
    task = new_task(task_id, tenant=tenant, **changes)
    started = (await store.accept(tenant, accept(task, eager=eager()))).task
    await store.settle(SCOPE, settle(started, result))
    return await store.get(tenant, task_id)


async def streamed(store, clock):
    """A task that ended thirty days ago, with a key and events; and one that waits."""
    task = (await store.accept("acme", accept(new_task("old"), key("old"), eager()))).task
    await store.append(SCOPE, tokens(task, "a"))
    await store.settle(SCOPE, settle(task))
    await store.accept("acme", accept(new_task("live"), key("live")))
    clock.advance(30 * DAY)
    return await store.get("acme", "old")


async def test_purge_deletes_expired_keys_and_compacted_events_but_no_live_ones(store, clock):
    live = (await store.accept("acme", accept(new_task("live"), key("live"), eager()))).task
    await store.append(SCOPE, tokens(live, "a"))
    done = (await store.accept("acme", accept(new_task("ended"), key("ended"), eager()))).task
    await store.append(SCOPE, tokens(done, "b", "c"))
    await store.settle(SCOPE, settle(done))
    log = await store.events("acme", "ended", 0, 10)
    assert [await store.purge(SCOPE, limit) for limit in (1, 1, 100)] == [1, 1, 0]
    clock.advance(timedelta(hours=24))
    assert await store.purge(SCOPE, 100) == 2
    assert await store.events("acme", "ended", 0, 10) == log
    assert [event.text for event in await store.events("acme", "live", 0, 10)] == ["a"]


async def test_a_forgotten_log_answers_expired_and_its_task_stays(store, clock):
    """4.6 Events that retention deleted are `EVENTS_EXPIRED`: read the task, it keeps its result."""
    old = await streamed(store, clock)
    assert await store.forget_logs(SCOPE, events_for(30 * DAY), 10) == NOTHING
    assert await store.forget_logs(SCOPE, events_for(29 * DAY), 10) == LAST_ONE
    assert await store.get("acme", "old") == old
    with pytest.raises(EventsExpired, match="read the task") as gone:
        await store.events("acme", "old", 0, 10)
    assert gone.value.facts == {"task_id": "old", "state": "OK"}
    assert list(await store.events("acme", "old", old.last_offset, 10)) == []


async def test_a_forgotten_task_is_gone_but_its_id_stays_taken(store, clock):
    """1.3 An id stays taken after its task was purged."""
    await streamed(store, clock)
    assert await store.forget_tasks(SCOPE, tasks_for(DAY), 10) == NOTHING, "its events are not purged yet"
    await store.purge(SCOPE, 10)
    assert await store.forget_tasks(SCOPE, tasks_for(30 * DAY), 10) == NOTHING
    assert await store.forget_tasks(SCOPE, tasks_for(DAY), 10) == LAST_ONE
    with pytest.raises(TaskNotFound):
        await store.get("acme", "old")
    for again in (
        store.accept("acme", accept(new_task("old"))),
        store.find_replay("acme", "old", None, b"fingerprint"),
    ):
        with pytest.raises(TaskAlreadyExists, match="purged"):
            await again
    assert not (await store.accept("other", accept(new_task("old", tenant="other")))).replayed
    assert (await store.get("acme", "live")).state is TaskState.PENDING


async def test_a_task_whose_key_still_answers_retries_is_not_forgotten(store, clock):
    task = (await store.accept("acme", accept(new_task("young"), key("young"), eager()))).task
    await store.settle(SCOPE, settle(task))
    await store.purge(SCOPE, 10)
    clock.advance(timedelta(hours=23))
    assert (await store.forget_tasks(SCOPE, tasks_for(timedelta()), 10)).deleted == 0
    assert (await store.accept("acme", accept(new_task("young-2"), key("young")))).task.task_id == "young"
    clock.advance(timedelta(hours=1))
    assert (await store.forget_tasks(SCOPE, tasks_for(timedelta()), 10)).deleted == 1


@pytest.mark.parametrize("what", ["forget_logs", "forget_tasks"])
async def test_each_tenant_and_each_end_has_its_own_time(store, clock, what):
    """15.1 How long tasks and their events are kept is said by tenant and by the state in which a task ended."""
    for tenant in ("acme", "other"):
        await ended(store, "ok", tenant=tenant)
        await ended(store, "error", FAILED, tenant=tenant)
        await ended(store, "timeout", TIMEOUT, tenant=tenant)
        await store.accept(tenant, accept(new_task("canceled", tenant=tenant)))
        await store.cancel(tenant, "canceled")
    acme, other = Kept(ok=DAY, error=3 * DAY, timeout=5 * DAY), Kept(canceled=2 * DAY)
    policy = RetentionPolicy(TenantRetention(other, other), {"acme": TenantRetention(acme, acme)})

    async def gone():
        await getattr(store, what)(SCOPE, policy, 100)
        return {(t, s) for t in ("acme", "other") for s in ("ok", "error", "timeout", "canceled") if await lost(t, s)}

    async def lost(tenant, task_id):
        try:
            await store.events(tenant, task_id, 0, 10)
        except (EventsExpired, TaskNotFound):
            return True
        return False

    assert await gone() == set()
    clock.advance(DAY + timedelta(seconds=1))
    assert await gone() == {("acme", "ok")}
    clock.advance(DAY)
    assert await gone() == {("acme", "ok"), ("other", "canceled")}
    clock.advance(DAY)
    assert await gone() == {("acme", "ok"), ("other", "canceled"), ("acme", "error")}
    clock.advance(365 * DAY)
    assert await gone() == {("acme", "ok"), ("other", "canceled"), ("acme", "error"), ("acme", "timeout")}


async def test_a_pass_deletes_no_more_than_its_limit_and_the_next_goes_on_behind_it(store, clock):
    """15.2 One pass of housekeeping looks at a bounded number of rows and holds the writer for no more than these."""
    for number in range(7):
        await ended(store, f"old-{number}")
    await store.accept("acme", accept(new_task("waits", expire_time=clock.now() + 90 * DAY)))
    clock.advance(30 * DAY)
    await store.accept("acme", accept(new_task("young", now=clock.now())))
    passes = [Swept(3, more=True), Swept(3, more=True), LAST_ONE, NOTHING]
    assert [await store.forget_logs(SCOPE, events_for(DAY), 3) for _ in range(4)] == passes
    assert [await store.forget_tasks(SCOPE, tasks_for(DAY), 3) for _ in range(4)] == passes


async def test_what_one_tenant_keeps_for_ever_does_not_hide_what_another_does_not(store, clock):
    for number in range(6):
        await ended(store, f"kept-{number}", tenant="archive")
    await ended(store, "old")
    clock.advance(30 * DAY)
    policy = RetentionPolicy(tenants={"acme": TenantRetention(tasks=Kept.alike(DAY))})
    passes = [await store.forget_tasks(SCOPE, policy, 2) for _ in range(4)]
    assert passes == [Swept(0, more=True), Swept(0, more=True), Swept(0, more=True), LAST_ONE]
    assert (await store.get("archive", "kept-0")).state is TaskState.OK


async def test_a_policy_that_says_nothing_deletes_nothing(store, clock):
    await ended(store, "old")
    clock.advance(3650 * DAY)
    for forget in (store.forget_logs, store.forget_tasks, store.forget_api_keys, store.forget_facts):
        assert await forget(SCOPE, RetentionPolicy(), 10) == NOTHING
    assert (await store.get("acme", "old")).state is TaskState.OK
    assert await store.waiting(SCOPE, 10)


async def test_facts_that_nobody_takes_are_given_up_the_oldest_first(store, clock):
    policy = RetentionPolicy(undelivered=DAY)
    for number in range(3):
        await store.accept("acme", accept(new_task(f"old-{number}")))
    clock.advance(DAY + timedelta(seconds=1))
    await store.accept("acme", accept(new_task("young", now=clock.now())))
    passes = [await store.forget_facts(SCOPE, policy, 2) for _ in range(3)]
    assert passes == [Swept(2, more=True), LAST_ONE, NOTHING]
    assert [fact.task_id for fact in await store.waiting(SCOPE, 10)] == ["young"]


async def test_keys_that_are_over_go_when_their_tenant_says_so_and_valid_ones_never(tmp_path, clock, signals):
    url = f"sqlite:///{tmp_path / 'keys.sqlite'}"
    async with open_store(url, clock, signals, "test") as store:
        with SqliteApiKeyStore.open(url) as keys:
            for tenant in ("acme", "other"):
                for name in ("valid", "expired", "revoked"):
                    expires = START + DAY if name == "expired" else None
                    keys.add(tenant, ApiKey(tenant, f"{name}-{tenant}", "bot", frozenset(), b"mac", START, expires))
                keys.revoke(tenant, f"revoked-{tenant}", START + 2 * DAY)
            policy = RetentionPolicy(tenants={"acme": TenantRetention(api_keys=10 * DAY)})

            async def left():
                while (await store.forget_api_keys(SCOPE, policy, 2)).more:
                    pass
                return {found.key_id for tenant in ("acme", "other") for found in keys.list(tenant)}

            everything = await left()
            assert len(everything) == 6
            clock.advance(11 * DAY + timedelta(seconds=1))
            assert await left() == everything - {"expired-acme"}
            clock.advance(365 * DAY)
            assert await left() == everything - {"expired-acme", "revoked-acme"}


async def test_of_two_ends_of_a_key_the_first_counts_and_each_pass_goes_on_behind_the_one_before(
    tmp_path, clock, signals
):
    url = f"sqlite:///{tmp_path / 'keys.sqlite'}"
    async with open_store(url, clock, signals, "test") as store:
        with SqliteApiKeyStore.open(url) as keys:
            for name in ("a", "b", "c"):
                expires = START + 300 * DAY
                keys.add("acme", ApiKey("acme", name, "bot", frozenset(), b"mac", START, expires))
            keys.revoke("acme", "c", START + DAY)
            policy = RetentionPolicy(tenants={"acme": TenantRetention(api_keys=10 * DAY)})
            clock.advance(11 * DAY + timedelta(seconds=1))
            passes = [await store.forget_api_keys(SCOPE, policy, 1) for _ in range(4)]
            assert passes == [Swept(0, more=True), Swept(0, more=True), Swept(1, more=True), NOTHING]
            assert sorted(found.key_id for found in keys.list("acme")) == ["a", "b"]
