"""The bounds that uvicorn does not have, over real connections: of heads, of bodies, and of how many there are."""

import asyncio
import json

import httpx2
import pytest

from aion.adapters.transports.web.server import SPARE_CONNECTIONS, HttpSettings, http_server
from tests.contract.rest.scripted import KEY


async def exchange(port: int, *pieces: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    answer = await reader.read()
    writer.transport.abort()
    return answer


@pytest.mark.parametrize(
    ("request_bytes", "status", "reason"),
    [
        (b"GET /livez HTTP/1.1\r\nx: " + b"x" * (40 << 10), 431, "REQUEST_TOO_LARGE"),
        (b"GET /" + b"x" * (40 << 10), 431, "REQUEST_TOO_LARGE"),
        (b"GET /livez HTTP/1.1\r\n" + b"x: y\r\n" * 6000, 431, "REQUEST_TOO_LARGE"),
        (b"hello\r\n\r\n", 400, "MALFORMED_REQUEST"),
        (b"POST /v1/tasks HTTP/1.1\r\ncontent-length: -1\r\n\r\n", 400, "MALFORMED_REQUEST"),
        (b"POST /v1/tasks HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", 400, "MALFORMED_REQUEST"),
    ],
)
async def test_a_head_that_is_endless_or_no_http_is_refused_as_a_problem(face, request_bytes, status, reason):
    async with http_server(HttpSettings("127.0.0.1", 0), face.app, lambda: 1.0) as server:
        head, _, body = (await exchange(server.port, request_bytes)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    problem = json.loads(body)
    assert (problem["status"], problem["reason"]) == (status, reason)


CHUNKED = b"POST /v1/tasks HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"


async def test_a_trailer_is_no_header(face):
    body = b'{"intent":"summarize"}'
    key = "".join(f"{name}: {value}\r\n" for name, value in KEY.items()).encode()
    request = CHUNKED.replace(
        b"host: x\r\n", b"host: x\r\nconnection: close\r\ncontent-type: application/json\r\n" + key
    )
    async with http_server(HttpSettings("127.0.0.1", 0), face.app, lambda: 1.0) as server:
        pieces = (request, b"%x\r\n%s\r\n0\r\n" % (len(body), body), b"idempotency-key: late\r\nx-end: 1\r\n\r\n")
        answer = await exchange(server.port, b"".join(pieces))
    assert answer.startswith(b"HTTP/1.1 202 ")
    assert [command.idempotency_key for command in face.script.commands] == [""]


async def test_a_long_body_is_no_long_head(face):
    body = b'{"intent":"summarize","params_json":"' + b"x" * (1 << 20) + b'"}'
    async with (
        http_server(HttpSettings("127.0.0.1", 0), face.app, lambda: 1.0) as server,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", headers=KEY) as client,
    ):
        for _ in range(2):
            answer = await client.post("/v1/tasks", content=body, headers={"content-type": "application/json"})
            assert answer.status_code == 202


async def test_a_body_over_the_limit_is_refused_over_a_real_connection(face):
    async with (
        http_server(HttpSettings("127.0.0.1", 0), face.app, lambda: 1.0) as server,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", headers=KEY) as client,
    ):
        headers = {"content-type": "application/json"}
        answer = await client.post("/v1/tasks", content=b" " * ((4 << 20) + 1), headers=headers)
        assert (answer.status_code, answer.json()["reason"]) == (413, "REQUEST_TOO_LARGE")
        assert (await client.get("/livez")).status_code == 200


HALF = b"POST /v1/tasks HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n"
KEYS = [b"", b"authorization: Bearer good\r\n"]


@pytest.mark.parametrize("key", KEYS)
async def test_a_request_that_is_not_whole_when_the_drain_begins_is_answered_and_holds_up_no_stop(face, key):
    async with http_server(HttpSettings("127.0.0.1", 0), face.app, lambda: 60.0) as server:
        with face.pipeline.attended(server.look_up):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(HALF + key + b"\r\n{")
            while not any(c.cycle is not None for c in server.patrol.connections):  # noqa: ASYNC110 # uvicorn has no event for it
                await asyncio.sleep(0)
            face.pipeline.drain()
            head, _, problem = (await asyncio.wait_for(reader.read(), 30)).partition(b"\r\n\r\n")
            writer.transport.abort()
    assert head.startswith(b"HTTP/1.1 503 ")
    assert b"connection: close" in head
    assert json.loads(problem)["reason"] == "DRAINING"


@pytest.mark.parametrize(("key", "status"), [(KEYS[0], 401), (KEYS[1], 202)])
async def test_only_whom_aion_knows_is_told_to_send_a_body(face, key, status):
    body = b'{"intent":"summarize"}'
    head = HALF.replace(b"100", b"%d" % len(body)) + b"expect: 100-continue\r\n" + key + b"\r\n"
    async with http_server(HttpSettings("127.0.0.1", 0), face.app, lambda: 1.0) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(head)
        first = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
        if status == 401:
            assert first.startswith(b"HTTP/1.1 401 ")
            assert b"connection: close" in first
            assert json.loads(await reader.read())["reason"] == "UNAUTHENTICATED"
        else:
            assert first == b"HTTP/1.1 100 Continue\r\n\r\n"
            writer.write(body)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 202 ")
        writer.transport.abort()


async def test_a_strangers_long_body_gets_its_401_over_a_real_connection(face):
    async with (
        http_server(HttpSettings("127.0.0.1", 0), face.app, lambda: 1.0) as server,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as client,
    ):
        for path in ("/v1/tasks", "/v1/tasks:stream", "/aion.v1.AionTasks/Submit"):
            headers = {"content-type": "application/json"}
            answer = await client.post(path, content=b" " * (3 << 20), headers=headers)
            assert answer.status_code == 401
        assert (await client.get("/livez")).status_code == 200
    assert face.observer.ended.count(("UNAUTHENTICATED", "UNAUTHENTICATED")) == 3


async def test_what_is_no_http_is_refused_with_ids_of_its_own(face):
    """8.9 Every answer and every error carries a request id and a trace id."""
    async with http_server(HttpSettings("127.0.0.1", 0), face.app, lambda: 1.0) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"\x00\x01 no request\r\n\r\n")
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
    problem = json.loads(body)
    assert (problem["status"], problem["reason"]) == (400, "MALFORMED_REQUEST")
    assert f"x-request-id: {problem['request_id']}".encode() in head
    assert f"x-trace-id: {problem['trace_id']}".encode() in head


async def test_one_connection_too_many_is_refused_in_aions_words_but_probes_are_answered(face):
    """6.2 Over a bound the call is refused at once with RESOURCE_EXHAUSTED (HTTP 429) and a hint when to come back."""
    settings = HttpSettings("127.0.0.1", 0, max_connections=1)
    face.script.hold = asyncio.Event()
    async with http_server(settings, face.app, lambda: 1.0) as server, asyncio.TaskGroup() as group:
        url = f"http://127.0.0.1:{server.port}"
        async with httpx2.AsyncClient(base_url=url, headers=KEY) as first:
            served = group.create_task(first.post("/v1/tasks", json={"intent": "summarize"}))
            await face.script.entered.wait()
            async with httpx2.AsyncClient(base_url=url, headers=KEY) as second:
                refused = await second.get("/v1/tasks/t-1")
                assert (refused.status_code, refused.json()["reason"]) == (429, "RATE_LIMITED")
                assert refused.headers["retry-after"] == "1"
                assert refused.headers["x-request-id"] == refused.json()["request_id"]
                assert (await second.get("/livez")).status_code == 200
                face.script.hold.set()
                assert (await served).status_code == 202
                assert (await first.get("/v1/tasks/t-1")).status_code == 200, "its place is its own"


async def test_silent_connections_over_the_bound_go_and_whoever_asks_is_answered(face):
    settings = HttpSettings("127.0.0.1", 0, max_connections=4)
    async with http_server(settings, face.app, lambda: 1.0) as server:
        url = f"http://127.0.0.1:{server.port}"
        async with httpx2.AsyncClient(base_url=url, headers=KEY) as known:
            idle = []
            for _ in range(SPARE_CONNECTIONS + 20):
                idle.append(await asyncio.open_connection("127.0.0.1", server.port))
                assert (await known.get("/v1/tasks/t-1")).status_code == 200
                assert len(server.patrol.connections) <= 4
            async with httpx2.AsyncClient(base_url=url, headers=KEY) as newcomer:
                assert (await newcomer.get("/v1/tasks/t-1")).status_code == 200
            answer = await exchange(server.port, b"GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        for _, writer in idle:
            writer.transport.abort()
    assert answer.startswith(b"HTTP/1.1 200 ")
