"""How many attempts of a module run at once, whose turn it is, and what happens to those who wait."""

import asyncio
from datetime import timedelta

import pytest
import pytest_asyncio

from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.adapters.engines.wasm.turns import Turns
from aion.domain.attempts import NO_TURN, AttemptOutcome
from aion.domain.caps import Caps
from tests.engine.conftest import Listener, job_for

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONG = timedelta(seconds=30)
RESULT = '{"type":"result","data":{"n":1}}'


async def a_turn(turns, order, name, *bounds, until, within=30.0):
    async with turns.all_of(*bounds, within=within) as has_turn:
        order.append((name, has_turn))
        if has_turn:
            await until.wait()


async def settled():
    """Lets every task go on as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_those_who_wait_come_in_the_order_in_which_they_came():
    turns, order, end = Turns(), [], asyncio.Event()
    tasks = [asyncio.create_task(a_turn(turns, order, n, ("m", 2), until=end)) for n in range(6)]
    await settled()
    assert order == [(0, True), (1, True)]
    end.set()
    await asyncio.gather(*tasks)
    assert order == [(n, True) for n in range(6)]
    assert turns._lines == {}


async def test_a_turn_that_was_left_while_one_gave_up_is_not_lost_for_whoever_comes_behind_it():
    turns, order, never = Turns(), [], asyncio.Event()
    async with turns.all_of(("m", 1), within=30.0):
        gives_up = asyncio.create_task(a_turn(turns, order, "gives up", ("m", 1), until=never))
        await settled()
        gives_up.cancel()
    # Nobody ran since: the line still knows it.
    async with turns.all_of(("m", 1), within=30.0) as has_turn:
        assert has_turn
    await asyncio.gather(gives_up, return_exceptions=True)
    assert turns._lines == {}


async def test_one_that_gives_up_waiting_leaves_the_line_to_the_others():
    turns, order, end = Turns(), [], asyncio.Event()
    tasks = [asyncio.create_task(a_turn(turns, order, n, ("m", 1), until=end)) for n in range(4)]
    await settled()
    tasks[1].cancel()
    await settled()
    tasks[0].cancel()  # the turn goes to the third
    await settled()
    assert order == [(0, True), (2, True)]
    end.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert order[-1] == (3, True)
    assert turns._lines == {}


async def test_a_turn_that_comes_in_the_moment_of_a_cancel_goes_to_the_next():
    turns, order, end = Turns(), [], asyncio.Event()
    tasks = [asyncio.create_task(a_turn(turns, order, n, ("m", 1), until=end)) for n in range(3)]
    await settled()
    tasks[0].cancel()
    await asyncio.sleep(0)  # the first has left, and the second has its turn without knowing it
    tasks[1].cancel()
    await settled()
    assert order == [(0, True), (2, True)]
    end.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert turns._lines == {}


async def test_whose_time_is_over_gets_no_turn_and_holds_none():
    turns, order, end = Turns(), [], asyncio.Event()
    first = asyncio.create_task(a_turn(turns, order, "first", ("m", 1), until=end))
    await settled()
    await a_turn(turns, order, "second", ("tenant", 1), ("m", 1), until=end, within=0.01)
    assert order == [("first", True), ("second", False)]
    assert list(turns._lines) == ["m"]
    end.set()
    await first
    assert turns._lines == {}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(make_module, tmp_path_factory):
    made = [make_module("speaks_then_loops", concurrency=1), make_module("speaks_then_loops"), make_module("says")]
    settings = WasmSettings(hosts=1, grace=LONG, cancel_grace=LONG, turn_wait=timedelta(milliseconds=50))
    modules = {module.engine: module for module in made}
    async with WasmEngine(modules, tmp_path_factory.mktemp("data"), settings) as engine:
        yield engine


@pytest.mark.parametrize(("facts", "given"), [({"concurrency": 1}, {}), ({}, {"caps": Caps(concurrency=1)})])
async def test_what_has_no_turn_waits_without_a_lane_and_is_handed_back(engine, make_module, facts, given):
    (host,) = engine._pool.hosts()
    module, spoke = make_module("speaks_then_loops", **facts), asyncio.Event()
    running = asyncio.create_task(engine.run(job_for(module, **given), Listener(on_event=spoke.set)))
    await spoke.wait()
    second = await engine.run(job_for(module, **given), Listener())
    assert (second.outcome, second.failure.code) == (AttemptOutcome.LOST, NO_TURN)
    assert host.load == 1
    other = await engine.run(job_for(make_module("says"), RESULT), Listener())
    assert other.outcome is AttemptOutcome.OK
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    # The guest has left its turn to the next.
    spoke.clear()
    third = asyncio.create_task(engine.run(job_for(module, **given), Listener(on_event=spoke.set)))
    await spoke.wait()
    third.cancel()
    with pytest.raises(asyncio.CancelledError):
        await third


async def test_a_tenants_bound_is_not_another_tenants(engine, make_module):
    module, spoke = make_module("speaks_then_loops"), [asyncio.Event(), asyncio.Event()]
    jobs = [job_for(module, tenant=tenant, caps=Caps(concurrency=1)) for tenant in ("one", "two")]
    tasks = [
        asyncio.create_task(engine.run(job, Listener(on_event=event.set)))
        for job, event in zip(jobs, spoke, strict=True)
    ]
    for event in spoke:
        await event.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
