"""Scans of clients: tenants take turns, who left has none run, and the system waits for no client."""

import asyncio
import gc
import threading
from datetime import timedelta

import pytest

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.scan_turns import ScanTurns
from aion.adapters.storage.sqlite import open_store
from aion.domain.errors import StoreUnavailable
from aion.domain.retention import RetentionPolicy
from aion.ports.tasks import TaskFilter
from tests.manual_clock import ManualClock
from tests.sample_tasks import SCOPE, START, accept, new_task

PATIENCE = 20.0
"""Seconds after which a scan that is held goes on by itself, so that a defect fails a test and does not stop it."""


class Scans:
    """Scans that have begun, by name, each running until it is ended."""

    def __init__(self):
        self.turns = ScanTurns()
        self.begun = []
        self._running = {}

    def ask(self, name):
        """A scan of the tenant that the first letter names."""
        return asyncio.ensure_future(self.turns.run(name[0], lambda: self._begin(name)))

    async def end(self, *names):
        """Ends these, each once it runs."""
        for name in names:
            await rounds()
            self._running.pop(name).set_result(name)
        await rounds()

    def _begin(self, name):
        self.begun.append(name)
        assert not self._running, "one at a time"
        self._running[name] = asyncio.get_running_loop().create_future()
        return self._running[name]

    def fail(self, name, error):
        self._running.pop(name).set_exception(error)


async def rounds():
    for _ in range(5):
        await asyncio.sleep(0)


async def test_tenants_take_turns_whoever_asked_for_more():
    scans = Scans()
    asked = [scans.ask(name) for name in ("a1", "a2", "a3", "a4", "b1", "c1", "b2")]
    await scans.end("a1", "b1", "c1", "a2", "b2", "a3", "a4")
    assert await asyncio.gather(*asked) == ["a1", "a2", "a3", "a4", "b1", "c1", "b2"]


async def test_who_asks_again_after_its_turn_waits_for_one_scan_of_another_and_not_for_two():
    scans = Scans()
    asked = [scans.ask(name) for name in ("a1", "b1", "b2", "b3")]
    await scans.end("a1")
    asked.append(scans.ask("a2"))
    await scans.end("b1", "a2", "b2", "b3")
    await asyncio.gather(*asked)


async def test_for_who_left_nothing_is_run_and_its_place_is_nobodys():
    scans = Scans()
    first, gone, stays = scans.ask("a1"), scans.ask("b1"), scans.ask("b2")
    other = scans.ask("c1")
    await rounds()
    gone.cancel()
    await scans.end("a1", "b2", "c1")
    await asyncio.gather(first, stays, other)
    assert scans.begun == ["a1", "b2", "c1"]
    assert gone.cancelled()


async def test_who_leaves_at_the_moment_of_its_turn_hands_it_on():
    scans = Scans()
    first, gone, last = scans.ask("a1"), scans.ask("b1"), scans.ask("c1")
    await rounds()
    scans._running["a1"].add_done_callback(lambda _: gone.cancel())
    await scans.end("a1", "c1")
    await asyncio.gather(first, last)
    assert scans.begun == ["a1", "c1"]


async def test_a_scan_that_runs_keeps_its_turn_when_its_client_leaves():
    scans = Scans()
    gone, last = scans.ask("a1"), scans.ask("b1")
    await rounds()
    gone.cancel()
    await rounds()
    assert (gone.cancelled(), scans.begun) == (True, ["a1"])
    await scans.end("a1", "b1")
    assert await last == "b1"


async def test_a_scan_that_fails_or_cannot_begin_stops_nobody():
    scans = Scans()

    def broken():
        raise ValueError("cannot begin")

    failing = scans.ask("a1")
    cannot = asyncio.ensure_future(scans.turns.run("b", broken))
    last = scans.ask("c1")
    await rounds()
    scans.fail("a1", LookupError("while it ran"))
    await scans.end("c1")
    with pytest.raises(LookupError, match="while it ran"):
        await failing
    with pytest.raises(ValueError, match="cannot begin"):
        await cannot
    assert await last == "c1"
    assert (scans.turns._served, len(scans.turns._lines)) == (None, 0)


async def test_a_scan_that_fails_after_who_asked_left_leaves_no_word_in_the_log():
    scans, said = Scans(), []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))
    gone = scans.ask("a1")
    await rounds()
    gone.cancel()
    await rounds()
    scans.fail("a1", LookupError("while it ran"))
    await rounds()
    assert gone.cancelled()
    del gone
    gc.collect()
    assert said == []


@pytest.fixture
async def store(tmp_path):
    async with open_store(f"sqlite:///{tmp_path / 'aion.sqlite'}", ManualClock(START), ProcessSignals(), "test") as it:
        yield it


async def test_what_the_system_looks_for_waits_for_no_client(store):
    """6.4 What the system itself looks for stands in no line behind them."""
    go_on = threading.Event()
    held = asyncio.ensure_future(store._reader.scan("acme", lambda _: go_on.wait(PATIENCE)))
    await rounds()
    await store.accept("acme", accept(new_task()))
    assert len(await store.waiting(SCOPE, 10)) == 1
    assert not await store.schedules.due(SCOPE, START, 10)
    assert await store.schedules.next_wake(SCOPE) is None
    assert await store.webhooks.forget_finished(SCOPE, START, 10) == 0
    for forget in (store.forget_logs, store.forget_tasks, store.forget_api_keys, store.forget_facts):
        assert (await forget(SCOPE, RetentionPolicy(undelivered=timedelta(days=1)), 10)).deleted == 0
    go_on.set()
    assert await held, "all of this came while a client's scan ran"


async def test_scans_that_wait_or_come_when_the_store_is_closed_are_refused_as_its_writes_are(store):
    go_on, reader = threading.Event(), store._reader
    held = asyncio.ensure_future(reader.scan("acme", lambda _: go_on.wait(PATIENCE)))
    waits = [asyncio.ensure_future(reader.scan(tenant, lambda _: True)) for tenant in ("acme", "globex", "globex")]
    await rounds()
    go_on.set()
    reader.close()
    assert await held
    for late in (*waits, reader.scan("acme", lambda _: True), reader.system_scan(lambda _: True)):
        with pytest.raises(StoreUnavailable, match="closed"):
            await late


@pytest.mark.parametrize("url", ["memory", "file"])
async def test_of_many_lists_of_one_tenant_one_is_read_before_that_of_another(tmp_path, url):
    """6.4 Tenants take turns in reading many rows (lists, logs of ended tasks), one read a turn."""
    where = "sqlite://" if url == "memory" else f"sqlite:///{tmp_path / 'aion.sqlite'}"
    async with open_store(where, ManualClock(START), ProcessSignals(), "test") as store:
        await store.accept("globex", accept(new_task("theirs", "globex")))
        over = []

        async def listed(tenant, number):
            over.append((tenant, number, len(await store.list(tenant, TaskFilter(), None, 10))))

        await asyncio.gather(*(listed("acme", number) for number in range(20)), listed("globex", 0))
        assert over == [("acme", 0, 0), ("globex", 0, 1), *(("acme", number, 0) for number in range(1, 20))]
