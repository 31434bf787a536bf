"""After a crash of their host, tasks run again one to a host: the culprit becomes poison, and nobody else."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from aion.adapters.clock import SystemClock
from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import open_store
from aion.app.work.worker import Worker, WorkerParts, WorkerSettings
from aion.domain.routing import Decision, Route
from aion.domain.tasks import TaskState
from tests.sample_tasks import accept, new_task
from tests.unit.app.workshop import FakeCatalog, FakeObserver, Latencies

INNOCENT, CULPRIT = '{"steps":4,"pause":2,"held":0}', '{"steps":1,"pause":0,"held":1}'
MINUTE = timedelta(minutes=1)
STEPS = Path(__file__).parent.parent / "chaos" / "module"


async def test_twelve_slow_innocents_end_ok_and_only_the_culprit_is_poison(make_module, tmp_path, monkeypatch):
    """2.5 The attempts that were in it run again one to a host, so that only the culprit becomes poison."""
    monkeypatch.setattr("aion.app.work.worker.IDLE_PAUSE", 0.05)
    monkeypatch.setenv("AION_FAILPOINTS", "host.guest_yields=kill")
    module = make_module("takes_steps", STEPS, granted=frozenset({"clock"}))
    clock, signals = SystemClock(), ProcessSignals()
    # Two lone hosts for thirteen tasks, and a patience that is shorter than their queue: most are handed back.
    settings = WasmSettings(hosts=1, lone_hosts=2, host_wait=timedelta(seconds=0.3), grace=MINUTE, cancel_grace=MINUTE)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store("sqlite://", clock, signals, "worker"))
        engine = await stack.enter_async_context(WasmEngine({module.engine: module}, tmp_path / "data", settings))
        parts = WorkerParts(store, {"module": engine}, FakeCatalog(), Latencies(), signals, clock, FakeObserver())
        decision = Decision(module.engine, Route.LOCAL, "test", "the only one", (), "v1", clock.now())
        names = [f"innocent-{number}" for number in range(12)] + ["culprit"]
        for name in names:
            text = CULPRIT if name == "culprit" else INNOCENT
            task = new_task(name, now=clock.now(), decision=decision, input_json=text, attempt_timeout=MINUTE)
            await store.accept("acme", accept(task))
        running = asyncio.create_task(Worker(WorkerSettings("worker", 16, MINUTE), parts).run())
        ended = {}
        while len(ended) < len(names):
            await asyncio.sleep(0.05)
            tasks = [await store.get("acme", name) for name in names]
            ended = {task.task_id: task for task in tasks if task.state.ended}
        running.cancel()
        await asyncio.wait((running,))
    culprit = ended.pop("culprit")
    assert (culprit.state, culprit.failure.code) == (TaskState.ERROR, "TASK_POISONED")
    assert {task.state for task in ended.values()} == {TaskState.OK}
    assert all(task.losses <= 1 for task in ended.values())
    assert any(task.fence > 2 for task in ended.values()), "nobody was handed back: the test is too easy"
