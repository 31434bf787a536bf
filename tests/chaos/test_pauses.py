"""A server that stands still for longer than its leases last settles nothing twice.

Its process is stopped and continued, as a suspended machine or a long pause would do it; or only its renewals fail, so
that two attempts of a task run at once. Proves docs/semantics.md 2.2.
"""

import asyncio
import signal

import pytest

from tests.chaos.aftermath import settle_and_judge
from tests.chaos.client import Client, Recorder, Steps
from tests.chaos.server import LEASE_SECONDS, Place, Server


@pytest.mark.parametrize(
    "held",
    [
        pytest.param(True, id="while guests are held"),
        pytest.param(False, id="while guests answer", marks=pytest.mark.slow),
    ],
)
async def test_a_server_that_was_stopped_for_longer_than_its_leases_settles_once(tmp_path, held):
    place, recorder = Place(tmp_path), Recorder()
    if not held:
        place.gate.touch()
    server = await Server.start(place)
    try:
        async with Client.connect(recorder, server) as client:
            keys = [recorder.new_key(Steps(4, pause=2, held=held)) for _ in range(4)]
            calls = [await client.submit(key) for key in keys]
            ids = [call.task.task_id for call in calls if call.task is not None]
            await asyncio.gather(*(client.watch(task_id, until="TOKEN") for task_id in ids))
            server.signal(signal.SIGSTOP)
            # The pause itself is what is tried; leases are judged by the wall clock.
            await asyncio.sleep(LEASE_SECONDS + 0.5)
            server.signal(signal.SIGCONT)
            place.gate.touch()
            for task_id in ids:
                assert (await client.watch(task_id)).task is not None
            final = await settle_and_judge(place, recorder, server)
    finally:
        server.destroy()
    assert len(final.tasks) == len(ids)
    assert all(ended.task.state == "OK" for ended in final.tasks)


async def test_a_server_killed_while_guests_are_held_runs_them_again(tmp_path):
    place, recorder = Place(tmp_path), Recorder()
    server = await Server.start(place)
    try:
        async with Client.connect(recorder, server) as client:
            call = await client.submit(recorder.new_key(Steps(3, held=True)))
            assert call.task is not None
            await client.watch(call.task.task_id, until="TOKEN")
            server.signal(signal.SIGKILL)
            await server.wait_until_killed()
    finally:
        server.destroy()
    final = await settle_and_judge(place, recorder)
    (ended,) = final.tasks
    assert ended.task.state == "OK"
    assert [attempt.outcome for attempt in ended.task.attempts] == ["LOST", "OK"]
    assert [event.kind for event in ended.events] == ["TOKEN", "RESET", "TOKEN", "TOKEN", "TOKEN", "DONE"]


async def test_an_attempt_whose_lease_ran_out_writes_nothing_more(tmp_path):
    place, recorder, silent = Place(tmp_path), Recorder(), tmp_path / "no-renewals"
    silent.touch()
    server = await Server.start(place, f"store.renew.before_commit=error:{silent}")
    try:
        async with Client.connect(recorder, server) as client:
            call = await client.submit(recorder.new_key(Steps(3, pause=1, held=True)))
            assert call.task is not None
            task_id = call.task.task_id
            # The first attempt is held at the gate; the second speaks once it runs beside it.
            while (spoken := await client.watch(task_id, until="RESET")).events[-1].kind != "RESET":
                assert spoken.task is None
            place.gate.touch()
            ended = await client.watch(task_id)
            silent.unlink()
            assert ended.task is not None
            assert ended.task.state == "OK"
            outcomes = [attempt.outcome for attempt in ended.task.attempts]
            assert outcomes == ["LOST"] * (len(outcomes) - 1) + ["OK"]
            assert len(outcomes) > 1
            await settle_and_judge(place, recorder, server)
    finally:
        server.destroy()
    assert "lease" in place.log.read_text()
