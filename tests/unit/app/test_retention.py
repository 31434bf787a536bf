"""What is old is deleted when the operator says so, and never otherwise."""

import asyncio
from datetime import timedelta

import pytest

from aion.app.background.deleting_by_age import DeletingByAge
from aion.app.background.housekeeping import KEEP_BATCH as BATCH
from aion.app.background.housekeeping import Chores
from aion.domain.retention import Kept, RetentionPolicy, TenantRetention
from aion.domain.tasks import TaskState
from aion.ports.housekeeping import Swept
from tests.manual_clock import ManualClock

DAY = timedelta(days=1)


class Recorder:
    """Housekeeping, queue and outbox with nothing in them; remembers what it was asked to delete."""

    def __init__(self):
        self.asked = []
        self.purged_twice = asyncio.Event()
        self.purges = 0

    async def purge(self, scope, limit):
        self.purges += 1
        if self.purges == 2:
            self.purged_twice.set()
        return limit if self.purges == 1 else 0

    async def forget_logs(self, scope, policy, limit):
        return self._asked("logs", policy, limit)

    async def forget_tasks(self, scope, policy, limit):
        return self._asked("tasks", policy, limit)

    async def forget_api_keys(self, scope, policy, limit):
        return self._asked("API keys", policy, limit)

    async def forget_facts(self, scope, policy, limit):
        return self._asked("facts", policy, limit)

    def _asked(self, what, policy, limit):
        self.asked.append((what, policy, limit))
        return Swept(0, more=False)

    async def reap(self, scope):
        pass

    async def next_due(self, scope):
        return None

    async def waiting(self, scope, limit):
        return []


async def asked(policy):
    store, clock = Recorder(), ManualClock()
    chores = Chores(store, store, None, store, clock, None, DeletingByAge(clock), retention=policy)
    running = asyncio.ensure_future(chores.run())
    await store.purged_twice.wait()
    running.cancel()
    await asyncio.wait([running])
    return store.asked


async def test_nothing_is_forgotten_unless_somebody_said_how_long_to_keep_it():
    assert await asked(RetentionPolicy()) == []


@pytest.mark.parametrize(
    ("what", "policy"),
    [
        ("logs", RetentionPolicy(TenantRetention(events=Kept(ok=DAY)))),
        ("tasks", RetentionPolicy(tenants={"acme": TenantRetention(tasks=Kept(canceled=DAY))})),
        ("API keys", RetentionPolicy(tenants={"acme": TenantRetention(api_keys=DAY)})),
        ("facts", RetentionPolicy(undelivered=DAY)),
    ],
)
async def test_only_what_has_a_time_is_looked_for(what, policy):
    assert await asked(policy) == [(what, policy, BATCH)]


def test_the_shortest_time_of_all_says_what_is_too_young_to_go():
    policy = RetentionPolicy(
        TenantRetention(tasks=Kept(ok=3 * DAY), events=Kept.alike(9 * DAY)),
        {"acme": TenantRetention(tasks=Kept(error=2 * DAY), events=Kept())},
    )
    assert (policy.shortest_tasks, policy.shortest_events) == (2 * DAY, 9 * DAY)
    assert policy.of("acme").tasks.after(TaskState.OK) is None
    assert policy.of("other").tasks.after(TaskState.OK) == 3 * DAY
    assert policy.of("other").tasks.after(TaskState.RUNNING) is None
