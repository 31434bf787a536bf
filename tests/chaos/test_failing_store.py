"""A store that cannot write says so in types, keeps nothing by halves, and serves again without a restart.

A full disk shows itself when a transaction begins or when it commits; a commit may also have happened and its answer be
lost. Proves docs/semantics.md 5.1 and 5.6.
"""

import asyncio

import pytest

from tests.chaos.aftermath import settle_and_judge
from tests.chaos.client import Client, Recorder, Steps, all_ids
from tests.chaos.history import Outcome
from tests.chaos.server import Place, Server

ATTEMPTS = 5


@pytest.mark.parametrize(
    ("failpoint", "outcome", "reason"),
    [
        ("store.begin", Outcome.REFUSED, "STORE_UNAVAILABLE"),
        ("store.accept.before_commit", Outcome.REFUSED, "STORE_UNAVAILABLE"),
        ("store.commit", Outcome.UNKNOWN, "OUTCOME_UNKNOWN"),
    ],
)
async def test_a_store_that_cannot_write_refuses_in_types_and_recovers(tmp_path, failpoint, outcome, reason):
    place, recorder, full = Place(tmp_path), Recorder(), tmp_path / "disk-is-full"
    place.gate.touch()
    server = await Server.start(place, f"{failpoint}=error:{full}")
    try:
        async with Client.connect(recorder, server) as client:
            before = await client.submit(recorder.new_key(Steps(1)), wait=20.0)
            assert before.task is not None
            full.touch()
            keys = [recorder.new_key(Steps(2)) for _ in range(ATTEMPTS)]
            refused = await asyncio.gather(*(client.submit(key) for key in keys))
            assert {(call.outcome, call.reason) for call in refused} == {(outcome, reason)}
            # What can be read is read meanwhile, and what was refused left nothing.
            assert (await client.get(before.task.task_id)).task == before.task
            assert await all_ids(server) == [before.task.task_id]
            full.unlink()
            again = await asyncio.gather(*(client.submit(key, wait=20.0) for key in keys))
            assert [call.task.state for call in again if call.task is not None] == ["OK"] * ATTEMPTS
            await settle_and_judge(place, recorder, server)
    finally:
        server.destroy()


async def test_a_commit_whose_answer_was_lost_is_found_again_by_its_key(tmp_path):
    place, recorder, broken = Place(tmp_path), Recorder(), tmp_path / "answers-are-lost"
    place.gate.touch()
    server = await Server.start(place, f"store.accept.after_commit=error:{broken}")
    try:
        async with Client.connect(recorder, server) as client:
            broken.touch()
            key = recorder.new_key(Steps(2))
            # The writer knows no outcome, so the server looks whether the key has a task, and it has.
            found = await client.submit(key)
            assert found.task is not None
            assert [found.task.task_id] == await all_ids(server)
            broken.unlink()
            # The lease that was committed is held by nobody: it runs out, and the task runs.
            again = await client.submit(key, wait=20.0)
            assert again.task is not None
            assert (again.task.task_id, again.task.state) == (found.task.task_id, "OK")
            await settle_and_judge(place, recorder, server)
    finally:
        server.destroy()


@pytest.mark.parametrize("failpoint", ["store.begin", "store.commit"])
async def test_what_runs_while_the_store_cannot_write_ends_once_it_can(tmp_path, failpoint):
    place, recorder, full = Place(tmp_path), Recorder(), tmp_path / "disk-is-full"
    server = await Server.start(place, f"{failpoint}=error:{full}")
    try:
        async with Client.connect(recorder, server) as client:
            calls = [await client.submit(recorder.new_key(Steps(3, pause=1, held=True))) for _ in range(3)]
            ids = [call.task.task_id for call in calls if call.task is not None]
            await asyncio.gather(*(client.watch(task_id, until="TOKEN") for task_id in ids))
            full.touch()
            place.gate.touch()
            # One submit that the store refused shows that the outage has reached the writer.
            assert (await client.submit(recorder.new_key(Steps(1)))).task is None
            full.unlink()
            for task_id in ids:
                ended = await client.watch(task_id)
                assert ended.task is not None
                assert ended.task.state == "OK"
            await settle_and_judge(place, recorder, server)
    finally:
        server.destroy()
