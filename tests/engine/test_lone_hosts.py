"""Attempts that ask to be alone: they share their host with none, wait for one, and may get none."""

import asyncio
import os
import signal
from dataclasses import replace
from datetime import timedelta

from aion.domain.attempts import NO_TURN, AttemptOutcome
from tests.engine.conftest import Listener, job_for
from tests.engine.host_engines import LONG, RESULT, engine_of, started


async def test_an_attempt_that_asks_to_be_alone_shares_its_host_with_none(make_module, tmp_path):
    loops, says = make_module("speaks_then_loops"), make_module("says")
    async with engine_of([loops, says], tmp_path) as engine:
        tasks = [await started(engine, job_for(loops, alone=alone)) for alone in (True, False, True, False)]
        assert sorted(host.load for host in engine._pool._all) == [1, 1, 2]
        lone = [host for host in engine._pool._all if host not in engine._pool.hosts()]
        os.kill(lone[0].pid, signal.SIGKILL)
        done, running = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        assert [task.result().outcome for task in done] == [AttemptOutcome.LOST]
        assert len(running) == 3
        for task in running:
            task.cancel()
        await asyncio.wait(running)
        assert (await engine.run(job_for(says, RESULT, alone=True), Listener())).result_json == RESULT


async def test_an_attempt_that_gets_no_host_is_handed_back_and_never_runs(make_module, tmp_path):
    """2.4 An attempt for which no host was free is no loss."""
    loops, says = make_module("speaks_then_loops"), make_module("says")
    async with engine_of([loops, says], tmp_path, lone_hosts=1, host_wait=LONG) as engine:
        running = await started(engine, job_for(loops, alone=True, seconds=60))
        engine._settings = replace(engine._settings, host_wait=timedelta(seconds=0.05))
        heard = Listener()
        handed_back = await engine.run(job_for(says, '{"type":"token","text":"a"}', alone=True), heard)
        assert (handed_back.outcome, handed_back.failure.code) == (AttemptOutcome.LOST, NO_TURN)
        out_of_patience = await engine.run(job_for(says, RESULT, alone=True, patience=0.01), heard)
        assert (out_of_patience.outcome, out_of_patience.failure.code) == (AttemptOutcome.LOST, NO_TURN)
        assert heard.events == []
        assert not running.done()
        running.cancel()


async def test_the_wait_for_a_host_is_not_in_the_attempts_time(make_module, tmp_path):
    """3.3 The manifest's `timeout_ms` bounds one attempt from when it has a host."""
    loops, says = make_module("speaks_then_loops"), make_module("says")
    async with engine_of([loops, says], tmp_path, lone_hosts=1, host_wait=LONG) as engine:
        running = await started(engine, job_for(loops, alone=True, seconds=60))
        waiting = asyncio.create_task(engine.run(job_for(says, RESULT, alone=True, seconds=5), Listener()))
        late = asyncio.create_task(engine.run(job_for(loops, alone=True, seconds=0.2), Listener()))
        await asyncio.wait((waiting, late), timeout=0.4)
        assert not waiting.done()
        assert not late.done()
        running.cancel()
        assert (await waiting).result_json == RESULT
        assert (await late).outcome is AttemptOutcome.TIMEOUT


async def test_a_lone_host_that_starts_too_slowly_for_one_attempt_is_there_for_the_next(make_module, tmp_path):
    says = make_module("says")
    async with engine_of([says], tmp_path, lone_hosts=1, host_wait=LONG) as engine:
        impatient = await engine.run(job_for(says, RESULT, alone=True, patience=0), Listener())
        assert impatient.failure.code == NO_TURN
        assert (await engine.run(job_for(says, RESULT, alone=True), Listener())).result_json == RESULT
        assert len(engine._pool._all) == 2


async def test_a_lone_host_without_work_does_not_stay(make_module, tmp_path):
    says = make_module("says")
    async with engine_of([says], tmp_path, lone_idle=timedelta(0)) as engine:
        assert (await engine.run(job_for(says, RESULT, alone=True), Listener())).result_json == RESULT
        (lone,) = engine._pool._all - set(engine._pool.hosts())
        await lone.gone.wait()
