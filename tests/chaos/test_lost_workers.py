"""Workers that die, stand still or are cut off: no task is lost, none settled twice; the histories are checked.

Proves docs/semantics.md 2.2, 2.6, 7.9, 7.10, 7.11 and 11 with workers apart.
"""

import asyncio
import signal

import pytest

from tests.chaos.aftermath import settle_and_judge
from tests.chaos.client import Steps, all_of
from tests.chaos.crew import BOUND, Crew, crew, until
from tests.chaos.history import Outcome
from tests.chaos.server import LEASE_SECONDS


async def judged(crew: Crew):
    """The final state, if every promise was kept."""
    return await settle_and_judge(crew.place, crew.recorder, crew.server, bound=BOUND)


def outcomes(final):
    """How the attempts of each task ended."""
    return {ended.task.task_id: [attempt.outcome for attempt in ended.task.attempts] for ended in final.tasks}


def lost_and_done(attempts):
    """Whether a task was lost and then done: lost again where the next worker got no processor for a whole lease."""
    *before, last = attempts
    return set(before) == {"LOST"} and last == "OK"


async def test_the_tasks_of_a_worker_that_was_killed_are_done_by_another(tmp_path):
    async with crew(tmp_path) as staff:
        first = await staff.hire("first")
        async with staff.client() as client:
            ids = await staff.hold(client, 3)
            first.signal(signal.SIGKILL)
            await staff.hire("second")
            staff.place.gate.touch()
            ended = [await staff.ended(client, task_id) for task_id in ids]
        assert [task.state for task in ended] == ["OK"] * 3
        final = await judged(staff)
    assert all(lost_and_done(attempts) for attempts in outcomes(final).values())


async def test_a_worker_that_stood_still_beyond_its_leases_writes_nothing_when_it_goes_on(tmp_path):
    async with crew(tmp_path) as staff:
        first = await staff.hire("first")
        async with staff.client() as client:
            ids = await staff.hold(client, 3)
            first.signal(signal.SIGSTOP)
            await staff.hire("second")
            # The next attempts have begun, and are held as the first ones are: two of each task are alive.
            await asyncio.gather(*(client.watch(task_id, until="RESET") for task_id in ids))
            first.signal(signal.SIGCONT)
            await first.until_it_said("lease lost", times=3)
            staff.place.gate.touch()
            ended = [await staff.ended(client, task_id) for task_id in ids]
        assert [task.state for task in ended] == ["OK"] * 3
        final = await judged(staff)
    assert all(lost_and_done(attempts) for attempts in outcomes(final).values())


@pytest.mark.slow
async def test_a_worker_that_was_cut_off_stops_by_itself_and_works_again_when_the_line_is_mended(tmp_path):
    async with crew(tmp_path) as staff:
        first = await staff.hire("first")
        async with staff.client() as client:
            ids = await staff.hold(client, 3)
            staff.line.cut()
            # Nobody can tell it, and it is not told: its own clock says so.
            await first.until_it_said("it could not be renewed before its end", times=3)
            second = await staff.hire("second", through_line=False)
            staff.place.gate.touch()
            ended = [await staff.ended(client, task_id) for task_id in ids]
            assert [task.state for task in ended] == ["OK"] * 3
            await second.stop()
            staff.line.mend()
            call = await client.submit(staff.recorder.new_key(Steps(2)), wait=60)
            assert call.task is not None
            assert (call.task.state, len(call.task.attempts)) == ("OK", 1), first.said()[-3000:]
        final = await judged(staff)
    assert sorted(map(lost_and_done, outcomes(final).values())) == [False] + [True] * 3


@pytest.mark.parametrize("number", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
async def test_work_goes_on_over_a_restart_of_the_server_and_nothing_counts_as_lost(tmp_path, number):
    async with crew(tmp_path, AION_LEASE="30s", AION_DRAIN="1s") as staff:
        await staff.hire("first")
        async with staff.client() as client:
            ids = await staff.hold(client, 3)
        await staff.restart(number)
        staff.place.gate.touch()
        async with staff.client() as client:
            ended = [await staff.ended(client, task_id) for task_id in ids]
            call = await client.submit(staff.recorder.new_key(Steps(2)), wait=60)
            assert call.task is not None
            assert call.task.state == "OK"
        assert [task.state for task in ended] == ["OK"] * 3
        final = await judged(staff)
    assert set(map(tuple, outcomes(final).values())) == {("OK",)}


async def test_a_worker_that_is_told_to_stop_ends_what_it_can_and_hands_back_the_rest(tmp_path):
    """1.6 A RUNNING one is told, and ends CANCELED; also on another machine, by its renewals."""
    async with crew(tmp_path) as staff:
        first = await staff.hire("first", AION_DRAIN="500ms")
        async with staff.client() as client:
            canceled, *ids = await staff.hold(client, 3)
            await client.cancel(canceled)
            assert (await staff.ended(client, canceled)).state == "CANCELED"
            await first.stop()
            await staff.hire("second")
            staff.place.gate.touch()
            ended = [await staff.ended(client, task_id) for task_id in ids]
        assert [task.state for task in ended] == ["OK"] * 2
        final = await judged(staff)
    ends = outcomes(final)
    assert ends.pop(canceled) == ["CANCELED"]
    assert all(map(lost_and_done, ends.values()))
    assert "lease lost" not in first.said()


async def _load(staff: Crew, stop: asyncio.Event) -> None:
    """Submits until told to stop, and cancels or watches now and then."""
    count = 0
    while not stop.is_set():
        async with staff.client() as client:
            while not stop.is_set() and staff.server.alive:
                count += 1
                call = await client.submit(staff.recorder.new_key(Steps(count % 5 + 1, count % 3)))
                if call.outcome is Outcome.ANSWERED and call.task is not None:
                    if count % 7 == 0:
                        await client.cancel(call.task.task_id)
                    elif count % 5 == 0:
                        await client.watch(call.task.task_id)
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.05)


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_two_workers_that_are_killed_stopped_and_cut_off_in_turn_lose_and_double_nothing(tmp_path):
    async with crew(tmp_path) as staff:
        staff.place.gate.touch()
        men = [await staff.hire("first"), await staff.hire("second", through_line=False)]
        stop = asyncio.Event()
        loads = [asyncio.create_task(_load(staff, stop)) for _ in range(3)]
        for round_ in range(12):
            await asyncio.sleep(1.0)
            trouble = round_ % 4
            if trouble == 0:
                men[1].signal(signal.SIGKILL)
                men[1] = await staff.hire(f"second-{round_}", through_line=False)
            elif trouble == 1:
                men[0].signal(signal.SIGSTOP)
                await asyncio.sleep(LEASE_SECONDS + 0.5)
                men[0].signal(signal.SIGCONT)
            elif trouble == 2:
                staff.line.cut()
                await asyncio.sleep(LEASE_SECONDS + 0.5)
                staff.line.mend()
            else:
                staff.line.hang_up()
        stop.set()
        await all_of(*loads)
        await until(men[0].process.is_alive, "the first worker lives")
        await judged(staff)
