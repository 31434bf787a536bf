"""WASM hosts that are killed or stopped cost their attempts a retry or their time, and nothing else anything.

Proves docs/semantics.md 2.4, 2.5 and 10.5 with the whole server around the hosts.
"""

import asyncio
import os
import signal

import pytest

from tests.chaos import places
from tests.chaos.aftermath import BOUND, settle_and_judge
from tests.chaos.client import Client, Recorder, Steps, all_of
from tests.chaos.server import Place, Server
from tests.effort import effort

FAILPOINTS = places.HOST
KILLS = effort(4, 20)
ATTEMPT_SECONDS = 4
SUBMITTERS = 4
NTH = 4
"""Each host dies at its fourth attempt, so that one that lost its attempt is not lost again at once."""


async def _lose_hosts(place: Place, failpoint: str, kills: int) -> None:
    """Submits until so many serving hosts have died."""
    recorder = Recorder()
    place.gate.touch()
    server = await Server.start(place, f"{failpoint}=kill@{NTH}")
    try:
        async with Client.connect(recorder, server) as client:

            async def submit() -> None:
                while _deaths(place) < kills:
                    call = await client.submit(recorder.new_key(Steps(2, pause=1, held=True)), wait=5.0)
                    assert call.task is not None, call

            await all_of(*(submit() for _ in range(SUBMITTERS)))
            place.kills = _deaths(place)
            final = await settle_and_judge(place, recorder, server)
    finally:
        server.destroy()
    # What was answered before the host died is lost to nobody.
    lost = any(attempt.outcome == "LOST" for ended in final.tasks for attempt in ended.task.attempts)
    assert lost or failpoint == "host.after_reply"


def _deaths(place: Place) -> int:
    return place.log.read_text(errors="replace").count("died; another takes its place")


@pytest.mark.parametrize("failpoint", ["host.before_run", "host.after_events", "host.after_reply"])
async def test_a_task_survives_its_host_and_ends_once(tmp_path, failpoint):
    await _lose_hosts(Place(tmp_path), failpoint, kills=2)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("failpoint", FAILPOINTS)
async def test_tasks_survive_many_lost_hosts_and_end_once(tmp_path, failpoint):
    await _lose_hosts(Place(tmp_path), failpoint, kills=KILLS)


async def test_a_task_that_kills_every_host_becomes_poison_and_ends_once(tmp_path):
    place, recorder = Place(tmp_path), Recorder()
    place.gate.touch()
    server = await Server.start(place, "host.after_run=kill")
    try:
        async with Client.connect(recorder, server) as client:
            call = await client.submit(recorder.new_key(Steps(1)), wait=20.0)
            assert call.task is not None
            assert (call.task.state, call.task.error_code) == ("ERROR", "TASK_POISONED")
            assert [attempt.outcome for attempt in call.task.attempts] == ["LOST"] * 4
            await settle_and_judge(place, recorder, server)
    finally:
        server.destroy()


async def test_a_stopped_host_ends_its_attempt_by_timeout_and_no_other(tmp_path):
    place, recorder = Place(tmp_path, settings={"AION_ENGINE_HOSTS": "2"}), Recorder()
    manifest = place.root / "modules" / "takes_steps" / "manifest.yaml"
    manifest.write_text(manifest.read_text().replace("timeout_ms: 20000", f"timeout_ms: {ATTEMPT_SECONDS}000"))
    server = await Server.start(place)
    try:
        async with Client.connect(recorder, server) as client:
            held = [await _held(client) for _ in range(2)]
            stopped = server.hosts()[0]
            os.kill(stopped, signal.SIGSTOP)
            place.gate.touch()
            # Others that were given to the stopped host lose it with its process and run again.
            others = [client.submit(recorder.new_key(Steps(2)), wait=20.0) for _ in range(6)]
            ended = [call.task for call in await asyncio.gather(*others)]
            assert [task.state for task in ended if task is not None] == ["OK"] * 6
            logs = await asyncio.gather(*(client.watch(task_id) for task_id in held))
            ends = {call.task.state: call.task.error_code for call in logs if call.task is not None}
            assert ends == {"OK": "", "TIMEOUT": "ATTEMPT_TIMEOUT"}
            assert stopped not in server.hosts()
            await settle_and_judge(place, recorder, server, ATTEMPT_SECONDS + BOUND)
    finally:
        server.destroy()


async def _held(client: Client) -> str:
    """A task that is known to run, and held."""
    call = await client.submit(client.recorder.new_key(Steps(2, held=True)))
    assert call.task is not None
    await client.watch(call.task.task_id, until="TOKEN")
    return call.task.task_id
