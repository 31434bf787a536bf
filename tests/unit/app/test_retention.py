"""What is old is deleted when the operator says so, and never otherwise."""

import asyncio
from datetime import timedelta

from aion.app.housekeeping import KEEP_BATCH as BATCH
from aion.app.housekeeping import Chores, Keep
from tests.manual_clock import ManualClock


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

    async def forget_logs(self, scope, ended_before, limit):
        self.asked.append(("logs", ended_before, limit))
        return 0

    async def forget_tasks(self, scope, ended_before, limit):
        self.asked.append(("tasks", ended_before, limit))
        return 0

    async def reap(self, scope):
        pass

    async def next_due(self, scope):
        return None

    async def waiting(self, scope, limit):
        return []


async def asked(keep):
    store, clock = Recorder(), ManualClock()
    chores = Chores(store, store, None, store, None, clock, None, keep=keep)
    running = asyncio.ensure_future(chores.run())
    await store.purged_twice.wait()
    running.cancel()
    await asyncio.wait([running])
    return store.asked, clock.now()


async def test_nothing_is_forgotten_unless_somebody_said_how_long_to_keep_it():
    found, _ = await asked(Keep())
    assert found == []


async def test_events_and_tasks_go_when_their_own_time_is_over():
    found, now = await asked(Keep(events=timedelta(days=7), tasks=timedelta(days=90)))
    assert found == [("logs", now - timedelta(days=7), BATCH), ("tasks", now - timedelta(days=90), BATCH)]
