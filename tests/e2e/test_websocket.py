"""The WebSocket of a whole server: the same tasks, events, offsets and refusals as over the other transports."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from aion.domain.identity import ALL_SCOPES
from aion.v1 import tasks_pb2
from tests.e2e.callers import Caller, MakeCaller, callers_of, task_request
from tests.e2e.catalogue import write_small_catalogue
from tests.e2e.faces import BY_NAME, collect, refusal
from tests.e2e.processes import PATIENCE, Running, command, issue_key, running
from tests.e2e.socket_faces import Socket, SocketFace, open_socket

WATCH, STREAM, SUBMIT, CANCEL = (BY_NAME[name] for name in ("Watch", "Stream", "Submit", "Cancel"))


def face_of(server: Running, caller: Caller) -> SocketFace:
    """The WebSocket of a caller."""
    return SocketFace(f"ws://{server.http}", caller.rest.headers)


@asynccontextmanager
async def opened(server: Running, caller: Caller | None = None, **options) -> AsyncIterator[Socket]:
    """A connection of a caller, or of nobody."""
    headers = caller.rest.headers if caller else {}
    async with open_socket(f"ws://{server.http}", headers, **options) as socket:
        yield socket


async def ticket_of(server: Running, caller: Caller, **wish) -> str:
    """A ticket of a caller."""
    async with httpx2.AsyncClient(base_url=server.url, headers=caller.rest.headers) as client:
        answer = await client.post("/v1/tickets", json=wish)
    assert answer.status_code == 200, answer.text
    ticket: str = answer.json()["ticket"]
    return ticket


async def test_a_stream_is_the_same_over_every_transport(server: Running, caller: Caller):
    """4.3 The text of a task is the fold of its events, the same for every reader."""
    face = face_of(server, caller)
    frames = await collect(face, STREAM, task_request(intent="story"))
    assert frames[0].name == "accepted"
    task_id = frames[0].document["task_id"]
    for after in (0, 2):
        request = tasks_pb2.WatchRequest(task_id=task_id, after_offset=after)
        by_ws, by_sse, by_grpc = [await collect(one, WATCH, request) for one in (face, caller.rest, caller.grpc)]
        assert by_ws == by_sse == by_grpc
        assert [frame.offset for frame in by_ws] == [frame.offset for frame in frames[1:]][after:]


async def test_a_submit_is_one_operation_whatever_it_comes_over(server: Running, caller: Caller):
    """5.2 Submit, Stream and REST create are one operation."""
    face = face_of(server, caller)
    request = task_request(request_id="one", wait=30)
    first = await face.unary(SUBMIT, request)
    assert (first["status"], first.get("replayed", False)) == ("OK", False)
    for other in (caller.grpc, caller.rest):
        assert (await other.unary(SUBMIT, request))["task_id"] == first["task_id"]
    assert (await face.unary(SUBMIT, request))["replayed"] is True
    refused = await refusal(face, SUBMIT, task_request(request_id="one", params={"text": "another"}))
    assert refused.reason == "IDEMPOTENCY_KEY_REUSED"


async def test_a_foreign_task_cannot_be_told_from_one_that_is_not_there(server: Running, caller: Caller, other: Caller):
    """1.2 What one tenant has cannot be told from what does not exist by another."""
    task = await other.submit()
    face = face_of(server, caller)
    for method, request in (
        (WATCH, tasks_pb2.WatchRequest(task_id=task["task_id"])),
        (CANCEL, tasks_pb2.CancelRequest(task_id=task["task_id"])),
    ):
        by_ws, by_rest = [await refusal(one, method, request) for one in (face, caller.rest)]
        assert by_ws == by_rest
        assert by_ws.reason == "TASK_NOT_FOUND"
        assert by_ws.http_status == by_rest.http_status


async def test_several_tasks_live_on_one_connection_and_one_is_cancelled(server: Running, caller: Caller):
    async with opened(server, caller) as socket:
        for name in ("a", "b"):
            await socket.say(kind="submit", id=name, request={"intent": "endless"}, subscribe=True)
        ids, running_ids = {}, set()
        while running_ids != {"a", "b"}:
            frame = await socket.hear()
            if frame["type"] == "accepted":
                ids[frame["id"]] = frame["data"]["task_id"]
            elif frame["type"] == "token":
                running_ids.add(frame["id"])
        await socket.say(kind="unsubscribe", id="b")
        await socket.say(kind="cancel", id="c", task_id=ids["a"])
        frames = await socket.hear_until("error", "a")
        assert frames[-1]["data"]["status"] == "CANCELED"
    # Leaving a subscription cancels nothing (3.1).
    assert (await caller.get(ids["b"]))["status"] == "RUNNING"
    await caller.cancel(ids["b"])


async def test_a_connection_that_broke_is_resumed_after_its_last_offset(server: Running, caller: Caller):
    async with opened(server, caller) as socket:
        await socket.say(kind="submit", id="a", request={"intent": "story"}, subscribe=True)
        accepted = await socket.hear()
        first = await socket.hear()
        socket.wire.transport.abort()
    async with opened(server, caller) as socket:
        task_id = accepted["data"]["task_id"]
        await socket.say(kind="subscribe", id="a", task_id=task_id, after_offset=first["offset"])
        frames = await socket.hear_until("done")
    offsets = [frame["offset"] for frame in frames[1:]]
    assert offsets == list(range(first["offset"] + 1, first["offset"] + 1 + len(offsets)))


async def test_a_ticket_opens_sse_and_websocket_and_nothing_else(server: Running, callers: MakeCaller):
    caller = callers()
    task = await caller.submit(wait=30)
    ticket = await ticket_of(server, caller)
    async with httpx2.AsyncClient(base_url=server.url) as client:
        for path in (f"/v1/tasks/{task['task_id']}:watch", f"/v1/stream/{task['task_id']}"):
            answer = await client.get(f"{path}?ticket={ticket}")
            assert answer.status_code == 200
            assert "event: done" in answer.text
            assert (await client.get(f"{path}?ticket={ticket}&ticket={ticket}")).status_code == 401
            assert (await client.get(path)).status_code == 401
        for path in (f"/v1/tasks/{task['task_id']}", "/v1/tasks", "/v1/server"):
            # Not even known there, for somebody who may ask; without other credentials nobody.
            assert (await client.get(f"{path}?ticket={ticket}")).status_code == 401
            with_key = await client.get(f"{path}?ticket={ticket}", headers=caller.rest.headers)
            assert with_key.json()["reason"] == "MALFORMED_REQUEST"
        for headers in ({"authorization": f"Bearer {ticket}"}, {"x-api-key": ticket}):
            assert (await client.get(f"/v1/tasks/{task['task_id']}", headers=headers)).status_code == 401
            assert (await client.post("/v1/tickets", json={}, headers=headers)).status_code == 401
        assert (await client.post(f"/v1/tickets?ticket={ticket}", json={})).status_code == 401
    async with opened(server, path=f"/v1/ws?ticket={ticket}") as socket:
        await socket.say(kind="subscribe", id="a", task_id=task["task_id"])
        assert (await socket.hear_until("done"))[-1]["data"] == {**await caller.get(task["task_id"])}
        await socket.say(kind="submit", id="b", request={"intent": "echo"})
        assert (await socket.hear())["data"]["facts"] == {"scope": "tasks:write"}


async def test_a_ticket_of_one_task_is_good_for_it_alone(server: Running, caller: Caller):
    mine, others = await caller.submit(wait=30), await caller.submit(wait=30)
    ticket = await ticket_of(server, caller, task_id=mine["task_id"], scopes=sorted(ALL_SCOPES))
    async with httpx2.AsyncClient(base_url=server.url) as client:
        assert (await client.get(f"/v1/stream/{mine['task_id']}?ticket={ticket}")).status_code == 200
        refused = await client.get(f"/v1/stream/{others['task_id']}?ticket={ticket}")
        assert (refused.status_code, refused.json()["facts"]) == (403, {"task_id": mine["task_id"]})
    async with opened(server, path=f"/v1/ws?ticket={ticket}") as socket:
        for kind in ("subscribe", "cancel"):
            await socket.say(kind=kind, id=kind, task_id=others["task_id"])
            assert (await socket.hear())["data"]["reason"] == "PERMISSION_DENIED"
        await socket.say(kind="submit", id="a", request={"intent": "echo"})
        assert (await socket.hear())["data"]["reason"] == "PERMISSION_DENIED"
        await socket.say(kind="subscribe", id="b", task_id=mine["task_id"])
        assert (await socket.hear_until("done"))[-1]["id"] == "b"


async def test_a_ticket_for_more_than_its_maker_may_is_refused_by_name(server: Running, callers: MakeCaller):
    reader = callers(scopes=frozenset({"tasks:read"}))
    async with httpx2.AsyncClient(base_url=server.url, headers=reader.rest.headers) as client:
        refused = await client.post("/v1/tickets", json={"scopes": ["tasks:read", "tasks:write"]})
        assert (refused.status_code, refused.json()["facts"]) == (403, {"scope": "tasks:write"})
        assert (await client.post("/v1/tickets", json={"lifetime": "301s"})).json()["reason"] == "VALIDATION_FAILED"
        made = await client.post("/v1/tickets", json={"lifetime": "1s"})
        assert set(made.json()) == {"ticket", "expire_time"}


@pytest.fixture
def small(tmp_path: Path):
    """The folders of a small catalogue, for servers of a test's own."""
    return write_small_catalogue(tmp_path)


async def test_a_revoked_key_ends_what_its_ticket_opened(server: Running, callers: MakeCaller):
    """13.3 An open one goes on, until the credential behind the ticket proves nobody any more."""
    witness = callers()
    key_id, text = issue_key(server.data, witness.tenant, "page")
    caller = callers(tenant=witness.tenant, key=text)
    ticket = await ticket_of(server, caller, lifetime="1s")
    task = await caller.submit(intent="endless")
    async with opened(server, path=f"/v1/ws?ticket={ticket}") as socket:
        await socket.say(kind="subscribe", id="a", task_id=task["task_id"])
        assert (await socket.hear_until("token"))[-1]["data"]["text"] == "I run"
        said = command(server.data, "keys", "revoke", key_id, "--tenant", witness.tenant)
        assert said.code == 0, said.stderr
        refused = await socket.hear()
        assert refused["data"]["reason"] == "UNAUTHENTICATED"
        assert (await socket.closed())[0] == 4401
    await witness.cancel(task["task_id"])


async def test_a_server_that_stops_says_so_to_every_socket_and_logs_no_ticket(small, tmp_path: Path):
    with running(tmp_path, *small, AION_DRAIN="1s", AION_LOG_LEVEL="debug") as server:
        async with callers_of(server) as make:
            caller = make()
            ticket = await ticket_of(server, caller)
            task = await caller.submit(intent="endless")
            async with (
                opened(server, path=f"/v1/ws?ticket={ticket}") as following,
                opened(server, caller) as quiet,
                httpx2.AsyncClient(base_url=server.url, timeout=PATIENCE) as client,
            ):
                await following.say(kind="subscribe", id="a", task_id=task["task_id"])
                await following.hear_until("token")
                wrong = quote(ticket[:-3] + "AAA")
                assert (await client.get(f"/v1/stream/{task['task_id']}?ticket={wrong}")).status_code == 401
                request = tasks_pb2.WatchRequest(task_id=task["task_id"])
                async with aclosing(caller.grpc.stream(WATCH, request)) as watch:
                    assert (await anext(watch)).name == "token"
                server.process.send_signal(signal.SIGTERM)
                refused = (await following.hear_until("refused", "a"))[-1]
                assert refused["data"]["reason"] == "DRAINING"
                assert (await following.closed())[0] == 1001
                assert (await quiet.closed())[0] == 1001
            assert await asyncio.to_thread(server.process.wait, PATIENCE) == 0
    log = (tmp_path / "server.log").read_text()
    assert not re.search(r"aion_ticket_(?!\*\*\*)", log)
    assert "Traceback" not in log
