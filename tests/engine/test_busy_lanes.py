"""Many guests that never stop computing: what they leave to others, and to the host that must look after them."""

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.host.guest_store import GuestStore, Most
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.domain.attempts import NO_TURN, AttemptOutcome
from tests.engine.conftest import Listener, job_for

RESULT = '{"n":1}'
LONG = timedelta(minutes=5)
NICE = 16
"""Which of the fields after the name in /proc/PID/task/TID/stat."""


def niceness(pid):
    """How many threads of the process have which niceness."""
    found = Counter()
    for path in Path(f"/proc/{pid}/task").glob("*/stat"):
        with suppress(OSError):  # the thread has ended
            found[int(path.read_text().rpartition(")")[2].split()[NICE])] += 1
    return found


async def test_one_tenants_loops_in_every_lane_that_it_gets_leave_others_theirs(make_module, tmp_path):
    """10.5 No other attempt is harmed: neither by starving nor with the host."""
    loops, says = make_module("loops"), make_module("says")
    settings = WasmSettings(hosts=1, grace=LONG, cancel_grace=LONG, lane_wait=LONG)
    async with WasmEngine({module.engine: module for module in (loops, says)}, tmp_path, settings) as engine:
        (host,) = engine._pool.hosts()
        busy = [asyncio.create_task(engine.run(job_for(loops, seconds=300), Listener())) for _ in range(60)]
        while host.load < 12 or not niceness(host.pid)[10]:  # noqa: ASYNC110 the guests compute, and nobody tells
            await asyncio.sleep(0.01)
        for _ in range(5):
            innocent = await engine.run(job_for(says, RESULT, tenant="another"), Listener())
            assert (innocent.outcome, innocent.result_json) == (AttemptOutcome.OK, RESULT)
        assert host.load == 12
        for task in busy:
            task.cancel()
        await asyncio.wait(busy)
        await host.drained()
        assert host.lanes_taken == 0
        assert engine._pool.hosts() == [host]
        # A thread that has given way ends with its guest: what comes next is as quick as ever.
        while niceness(host.pid)[10]:  # noqa: ASYNC110 threads end by themselves
            await asyncio.sleep(0.01)
        assert (await engine.run(job_for(says, RESULT), Listener())).result_json == RESULT


async def test_a_tenant_that_has_its_share_is_handed_back_what_waits_in_vain(make_module, tmp_path):
    loops = make_module("speaks_then_loops")
    settings = WasmSettings(hosts=1, lanes=4, grace=LONG, cancel_grace=LONG, lane_wait=timedelta(milliseconds=20))
    async with WasmEngine({loops.engine: loops}, tmp_path, settings) as engine:
        spoke = [asyncio.Event() for _ in range(3)]
        busy = [asyncio.create_task(engine.run(job_for(loops), Listener(on_event=each.set))) for each in spoke]
        for each in spoke:
            await each.wait()
        heard = Listener()
        result = await engine.run(job_for(loops), heard)
        assert (result.outcome, result.failure.code, heard.events) == (AttemptOutcome.LOST, NO_TURN, [])
        for task in busy:
            task.cancel()


def test_a_guest_that_says_nothing_for_long_is_looked_at_less_often_but_never_after_its_deadline():
    store, left, said = GuestStore(Most(1, 1, 1, 1)), [100], [False]
    output = SimpleNamespace(flush=lambda: said[0])
    store._attempt = SimpleNamespace(must_end=lambda: False, output=output, ticks_left=lambda: left[0])

    def look():
        more = [0]
        assert store._epoch(0, 0, more, None) is None
        return more[0]

    pauses = [look() for _ in range(30)]
    assert (pauses[0], pauses[-1]) == (1, 5)
    assert pauses == sorted(pauses)
    left[0] = 2
    assert look() == 2
    left[0], said[0] = 100, True
    assert look() == 1
