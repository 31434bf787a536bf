"""Hosts die, hang and wear out; attempts in them end LOST or TIMEOUT, and the engine goes on."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
import uvloop

from aion.domain.attempts import NO_TURN, AttemptOutcome
from tests.engine.conftest import Listener, job_for
from tests.engine.host_engines import RESULT, SHORT, engine_of, started


def lives(pid):
    return Path(f"/proc/{pid}").exists()


async def test_a_dead_host_loses_its_attempts_and_is_replaced(make_module, tmp_path):
    loops, says = make_module("speaks_then_loops"), make_module("says")
    async with engine_of([loops, says], tmp_path) as engine:
        (host,) = engine._pool.hosts()
        tasks = [await started(engine, job_for(loops)) for _ in range(3)]
        os.kill(host.pid, signal.SIGKILL)
        results = await asyncio.gather(*tasks)
        assert [result.outcome for result in results] == [AttemptOutcome.LOST] * 3
        assert (await engine.run(job_for(says, RESULT), Listener())).result_json == RESULT
        (replacement,) = engine._pool.hosts()
        assert replacement.pid != host.pid


async def test_an_attempt_that_comes_while_the_hosts_start_waits_for_one(make_module, tmp_path):
    says = make_module("says")
    engine = engine_of([says], tmp_path)
    engine.begin()
    try:
        assert engine.hosts_alive == 0
        assert (await engine.run(job_for(says, RESULT), Listener())).result_json == RESULT
        await engine.opened()
        assert engine.hosts_alive == 1
    finally:
        await engine.close()


async def test_hosts_that_are_not_up_yet_end_with_the_engine(make_module, tmp_path):
    engine = engine_of([make_module("says")], tmp_path, hosts=2)
    engine.begin()
    await asyncio.sleep(0)  # so that they begin to start
    pool = engine._pool
    await engine.close()
    assert pool.everywhere() == []
    assert engine._opening.cancelled()


@pytest.mark.parametrize("neighbours_seconds", [60, 0.2], ids=["in time", "as late"])
async def test_a_host_that_hangs_is_killed_and_only_its_first_overdue_attempt_times_out(
    make_module, tmp_path, monkeypatch, neighbours_seconds
):
    """10.5 No other attempt is harmed: what a stuck host held up is LOST, and runs again alone."""
    says = make_module("says")
    go_on = tmp_path / "go-on"
    monkeypatch.setenv("AION_FAILPOINTS", f"host.before_run=pause:{go_on}")
    async with engine_of([says], tmp_path, grace=SHORT) as engine:
        overdue = asyncio.create_task(engine.run(job_for(says, RESULT, seconds=0.2), Listener()))
        await asyncio.sleep(0)
        innocent = asyncio.create_task(engine.run(job_for(says, RESULT, seconds=neighbours_seconds), Listener()))
        assert (await overdue).outcome is AttemptOutcome.TIMEOUT
        assert (await innocent).outcome is AttemptOutcome.LOST
        go_on.touch()
        assert (await engine.run(job_for(says, RESULT), Listener())).result_json == RESULT


async def test_a_guest_that_ignores_its_cancel_costs_its_host(make_module, tmp_path, monkeypatch):
    says = make_module("says")
    monkeypatch.setenv("AION_FAILPOINTS", f"host.before_run=pause:{tmp_path / 'go-on'}")
    async with engine_of([says], tmp_path, cancel_grace=SHORT) as engine:
        (host,) = engine._pool.hosts()
        canceled = asyncio.create_task(engine.run(job_for(says, RESULT), Listener()))
        neighbour = asyncio.create_task(engine.run(job_for(says, RESULT), Listener()))
        while host.load < 2:  # noqa: ASYNC110 both tasks reach the host in a few turns of the loop
            await asyncio.sleep(0)
        canceled.cancel()
        assert (await neighbour).outcome is AttemptOutcome.LOST
        assert canceled.cancelled()


@pytest.mark.parametrize("place", ["host.before_run", "host.after_run", "host.before_reply"])
async def test_a_host_that_is_killed_at_any_point_loses_the_attempt(make_module, tmp_path, monkeypatch, place):
    says = make_module("says")
    monkeypatch.setenv("AION_FAILPOINTS", f"{place}=kill@2")
    async with engine_of([says], tmp_path) as engine:
        assert (await engine.run(job_for(says, RESULT), Listener())).result_json == RESULT
        assert (await engine.run(job_for(says, RESULT), Listener())).outcome is AttemptOutcome.LOST
        assert (await engine.run(job_for(says, RESULT), Listener())).result_json == RESULT


async def test_a_worn_host_is_replaced_without_losing_an_attempt(make_module, tmp_path):
    loops, says = make_module("speaks_then_loops"), make_module("says")
    async with engine_of([loops, says], tmp_path, calls_per_host=5) as engine:
        (worn,) = engine._pool.hosts()
        running = await started(engine, job_for(loops))
        while worn in engine._pool.hosts():
            assert (await engine.run(job_for(says, RESULT), Listener())).outcome is AttemptOutcome.OK
        assert not running.done()
        assert not worn.gone.is_set()
        running.cancel()
        await worn.gone.wait()


async def test_long_guests_do_not_hold_up_short_ones_even_when_lanes_are_few(make_module, tmp_path):
    loops, says = make_module("speaks_then_loops"), make_module("says")
    async with engine_of([loops, says], tmp_path, lanes=3) as engine:
        long = [await started(engine, job_for(loops)) for _ in range(2)]
        assert (await engine.run(job_for(says, RESULT), Listener())).result_json == RESULT
        long.append(await started(engine, job_for(loops)))
        waiting = asyncio.create_task(engine.run(job_for(says, RESULT), Listener()))
        long.pop().cancel()
        assert (await waiting).result_json == RESULT
        for task in long:
            task.cancel()


async def test_what_gets_no_lane_never_began_and_is_not_told_that_it_ran_too_long(make_module, tmp_path):
    loops, says = make_module("speaks_then_loops"), make_module("says")
    async with engine_of([loops, says], tmp_path, lanes=1, lane_wait=SHORT) as engine:
        (host,) = engine._pool.hosts()
        running = await started(engine, job_for(loops))
        canceled = asyncio.create_task(engine.run(job_for(says, RESULT), Listener()))
        await asyncio.sleep(0)
        canceled.cancel()
        await asyncio.wait([canceled])
        late = await engine.run(job_for(says, RESULT, seconds=0.1), Listener())
        assert (late.outcome, late.failure.code) == (AttemptOutcome.LOST, NO_TURN)
        assert host.load == 1
        assert not running.done()
        running.cancel()
        await host.drained()
        assert not host.gone.is_set()


async def test_closing_ends_every_host_and_loses_what_runs(make_module, tmp_path):
    loops = make_module("speaks_then_loops")
    engine = engine_of([loops], tmp_path, hosts=2)
    async with engine:
        hosts = engine._pool.hosts()
        running = await started(engine, job_for(loops))
    assert (await running).outcome is AttemptOutcome.LOST
    assert not any(lives(host.pid) for host in hosts)
    assert (await engine.run(job_for(loops), Listener())).failure.code == "ENGINE_UNAVAILABLE"


def test_the_loop_of_the_server_serves_as_well(make_module, tmp_path):
    loops, says = make_module("speaks_then_loops"), make_module("says")

    async def live():
        async with engine_of([loops, says], tmp_path) as engine:
            (host,) = engine._pool.hosts()
            running = await started(engine, job_for(loops))
            os.kill(host.pid, signal.SIGKILL)
            assert (await running).outcome is AttemptOutcome.LOST
            assert (await engine.run(job_for(says, RESULT), Listener())).result_json == RESULT

    uvloop.run(live())
