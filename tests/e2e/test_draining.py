"""A server that is told to stop is gone in time, whatever callers and guests do, and nobody is left without a word."""

import asyncio
import signal
import time
from contextlib import aclosing
from pathlib import Path

import pytest

from aion.v1 import tasks_pb2
from tests.e2e.callers import Caller, callers_of, task_request
from tests.e2e.catalogue import write_small_catalogue
from tests.e2e.faces import BY_NAME, refusal
from tests.e2e.patience import eventually
from tests.e2e.processes import PATIENCE, running

STREAM, SUBMIT, WATCH = BY_NAME["Stream"], BY_NAME["Submit"], BY_NAME["Watch"]
DRAIN = 6
SLACK = 8
"""Seconds that a busy machine may add; steps that each took the whole time one after the other would need more."""

HALF_A_REQUEST = b"POST /v1/tasks HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{"


async def _has(caller: Caller, tasks: int) -> bool:
    return len(await caller.tasks()) >= tasks


@pytest.mark.slow
async def test_idle_watchers_endless_guests_and_waiting_calls_share_one_deadline(tmp_path: Path):
    catalogue = write_small_catalogue(tmp_path)
    with running(tmp_path, *catalogue, AION_DRAIN=f"{DRAIN}s", AION_WORKER_SLOTS="1") as server:
        async with callers_of(server) as make:
            caller = make()
            async with aclosing(caller.grpc.stream(STREAM, task_request(intent="endless"))) as running_stream:
                task_id = (await anext(running_stream)).document["task_id"]
                assert (await anext(running_stream)).document["text"] == "I run"
                pending = await caller.submit()
                request = tasks_pb2.WatchRequest(task_id=pending["task_id"])
                watches = [asyncio.ensure_future(refusal(face, WATCH, request)) for face in caller.faces]
                waiting = asyncio.ensure_future(caller.grpc.unary(SUBMIT, task_request(wait=60)))
                half, holds_up = await asyncio.open_connection(*server.http.rsplit(":", 1))
                holds_up.write(HALF_A_REQUEST)
                await eventually(lambda: _has(caller, 3), "the call that waits has made its task")
                server.process.send_signal(signal.SIGTERM)
                told = time.monotonic()
                assert b" 503 " in await asyncio.wait_for(half.readline(), PATIENCE)
                for refused in await asyncio.wait_for(asyncio.gather(*watches), PATIENCE):
                    assert (refused.code, refused.reason) == ("UNAVAILABLE", "DRAINING")
            assert await asyncio.to_thread(server.process.wait, PATIENCE) == 0
            assert time.monotonic() - told <= DRAIN + 2 + SLACK
            await asyncio.gather(waiting, return_exceptions=True)
            holds_up.close()
    with running(tmp_path, *catalogue) as again:
        async with callers_of(again) as make:
            witness = make(tenant=caller.tenant)
            async with aclosing(witness.grpc.stream(WATCH, tasks_pb2.WatchRequest(task_id=task_id))) as frames:
                names = [(await anext(frames)).name for _ in range(3)]
            # Handed back by the drain and begun again by the next server: what was streamed is void, nothing is lost.
            assert names == ["token", "reset", "token"]
            assert (await witness.cancel(task_id))["task_id"] == task_id
