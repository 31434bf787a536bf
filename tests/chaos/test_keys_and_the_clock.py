"""A clock that is set ahead by more than a day: no idempotency key is over for it, so a retry makes no second task.

In one process, with a clock that a test sets. Proves docs/semantics.md 5.4, 14.13 and 15.7 under it.
"""

from datetime import timedelta

import pytest

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import open_store
from aion.domain.clock_doubt import HOLD
from aion.domain.retention import Kept, RetentionPolicy, TenantRetention
from aion.domain.writes import IdempotencyKey
from aion.ports.housekeeping import Swept
from tests.contract.webhook_office import webhook
from tests.manual_clock import ManualClock
from tests.sample_tasks import SCOPE, START, accept, key, new_task

DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)
AHEAD = timedelta(hours=25)


@pytest.fixture
async def store_and_clock():
    clock = ManualClock(START)
    async with open_store("sqlite://", clock, ProcessSignals(), "a test") as store:
        yield store, clock


async def submitted(store, task_id):
    return (await store.accept("acme", accept(new_task(task_id), key("once")))).task.task_id


async def found(store):
    task = await store.find_replay("acme", "", key("once"), b"fingerprint")
    return task and task.task_id


async def test_a_retry_finds_its_task_while_the_clock_may_be_wrong(store_and_clock):
    """5.4 The same key with the same request gives the same task."""
    store, clock = store_and_clock
    assert await submitted(store, "first") == "first"
    clock.jump(AHEAD)
    assert await found(store) == await submitted(store, "second") == "first"
    clock.advance(HOLD - MICROSECOND)
    assert await found(store) == await submitted(store, "second") == "first"
    clock.jump(-AHEAD)
    assert await found(store) == await submitted(store, "second") == "first", "it is set right again"


async def test_a_clock_that_nobody_sets_right_is_believed_after_an_hour(store_and_clock):
    store, clock = store_and_clock
    await submitted(store, "first")
    clock.jump(AHEAD)
    assert await submitted(store, "second") == "first"
    clock.advance(HOLD)
    assert await found(store) is None
    assert await submitted(store, "second") == "second"


async def test_a_key_is_over_in_its_time_also_while_the_clock_may_be_wrong(store_and_clock):
    """5.4 Keys are kept 24 hours."""
    store, clock = store_and_clock
    await submitted(store, "first")
    clock.advance(DAY - MICROSECOND)
    clock.jump(AHEAD)
    assert await found(store) == await submitted(store, "second") == "first"
    clock.advance(MICROSECOND)
    assert await found(store) is None
    assert await submitted(store, "second") == "second"


@pytest.mark.parametrize("operation", ["create-webhook", "rotate-webhook-secret"])
async def test_a_retry_gets_its_webhook_and_its_secret_while_the_clock_may_be_wrong(store_and_clock, operation):
    """14.13 The same key and the same request are answered with the same webhook and the same secret."""
    store, clock = store_and_clock
    once = IdempotencyKey("service", operation, "once", b"fingerprint")
    await store.webhooks.create("acme", webhook("a"), 20)

    async def asked(sealed: bytes) -> bytes:
        if operation == "create-webhook":
            return (await store.webhooks.create("acme", webhook(sealed.decode()), 20, once)).webhook.webhook_id.encode()
        return (await store.webhooks.rotate("acme", "a", sealed, once)).sealed

    assert await asked(b"first") == b"first"
    clock.jump(AHEAD)
    assert await store.webhooks.issued("acme", once) is not None
    assert await asked(b"second") == b"first"


async def test_the_store_itself_deletes_nothing_for_its_age_while_the_clock_may_be_wrong(store_and_clock):
    """15.7 After the machine's clock was set ahead by a minute or more, nothing is deleted for its age for an hour."""
    store, clock = store_and_clock
    policy = RetentionPolicy(TenantRetention(tasks=Kept.alike(DAY)))
    await submitted(store, "first")
    await store.accept("acme", accept(new_task("without a key")))
    await store.cancel("acme", "without a key")
    await store.webhooks.create("acme", webhook("a"), 20, key("webhook"))
    clock.jump(AHEAD)
    assert await store.purge(SCOPE, 10) == 0
    assert await store.forget_tasks(SCOPE, policy, 10) == Swept(0, more=False)
    clock.advance(HOLD)
    assert await store.purge(SCOPE, 10) == 2
    assert await store.forget_tasks(SCOPE, policy, 10) == Swept(1, more=False)
