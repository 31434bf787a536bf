"""A disk that is full, as the kernel says it: whatever is accepted is kept, the rest is refused in types, and the
server serves again without a restart once there is room.

The kernel refuses every write that would make a file of the server's larger. Proves docs/semantics.md 5.1 and 5.6.
"""

import asyncio
import resource
import sqlite3
from pathlib import Path

import httpx2
import pytest

from tests.chaos.aftermath import settle_and_judge
from tests.chaos.client import WIRES, Client, Recorder, Steps, all_ids
from tests.chaos.history import Outcome
from tests.chaos.server import PATIENCE, Place, Server
from tests.effort import effort

ATTEMPTS = 3
FULL, ROOM = 0, resource.RLIM_INFINITY
TYPED = {(Outcome.REFUSED, "STORE_UNAVAILABLE"), (Outcome.UNKNOWN, "OUTCOME_UNKNOWN")}


async def outage(place: Place, recorder: Recorder, server: Server) -> None:
    """Tasks run, the disk fills up, they end, others are asked for; then there is room again."""
    place.gate.unlink(missing_ok=True)
    async with Client.connect(recorder, server) as client:
        calls = [await client.submit(recorder.new_key(Steps(3, pause=1, held=True))) for _ in range(ATTEMPTS)]
        held = [call.task.task_id for call in calls if call.task is not None]
        assert len(held) == ATTEMPTS
        await asyncio.gather(*(client.watch(task_id, until="TOKEN") for task_id in held))
        known = await all_ids(server)
        server.may_write(FULL)
        place.gate.touch()
        keys: list[str] = []
        for wire in WIRES:
            async with Client.connect(recorder, server, wire) as asking:
                keys += (mine := [recorder.new_key(Steps(2)) for _ in range(ATTEMPTS)])
                refused = await asyncio.gather(*(asking.submit(key) for key in mine))
                assert {(call.outcome, call.reason) for call in refused} <= TYPED, refused
                assert (await asking.get(held[0])).task is not None, "what can be read is read meanwhile"
        assert await all_ids(server) == known, "what was refused left nothing"
        async with httpx2.AsyncClient(base_url=server.url, trust_env=False) as http:
            assert (await http.get("/livez")).status_code == 200
        server.may_write(ROOM)
        again = await asyncio.gather(*(client.submit(key, wait=20.0) for key in keys))
        assert [call.task.state for call in again if call.task is not None] == ["OK"] * len(keys)
        for task_id in held:
            ended = (await client.watch(task_id)).task
            assert ended is not None
            assert ended.state == "OK"


@pytest.mark.timeout(900)
async def test_a_full_disk_loses_nothing_and_needs_no_restart(tmp_path):
    place, recorder = Place(tmp_path), Recorder()
    server = await Server.start(place)
    try:
        for _ in range(effort(1, 20)):
            await outage(place, recorder, server)
        await settle_and_judge(place, recorder, server)
    finally:
        server.destroy()


async def test_a_log_and_a_cache_that_take_nothing_stop_no_task(tmp_path):
    place, recorder = Place(tmp_path), Recorder()
    place.gate.touch()
    place.log = Path("/dev/full")
    server = await Server.start(place, "modules.before_keep=error")
    try:
        for wire in WIRES:
            async with Client.connect(recorder, server, wire) as client:
                call = await client.submit(recorder.new_key(Steps(2)), wait=20.0)
                assert call.task is not None
                assert call.task.state == "OK"
        server.process.terminate()
        await asyncio.to_thread(server.process.join, PATIENCE)
        assert server.process.exitcode == 0
    finally:
        server.destroy()
    with sqlite3.connect(place.database) as database:
        (waiting,) = database.execute("SELECT count(*) FROM outbox").fetchone()
    database.close()
    assert waiting == 2 * len(WIRES), "a fact that the log did not take still waits to be told"
    assert not any((tmp_path / "data" / "modules-cache").glob("*.cwasm"))
