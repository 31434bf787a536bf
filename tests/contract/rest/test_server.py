"""The HTTP server itself: its port, TLS, its drain, and the bounds that uvicorn does not have."""

import asyncio
import json
import socket
import ssl
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpx2
import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from aion.adapters.transports.web.patrol import STALL_SECONDS, Patrol
from aion.adapters.transports.web.server import AT_ONCE, SPARE_CONNECTIONS, HttpSettings, http_server
from tests.contract.rest.scripted import KEY


async def test_it_binds_a_free_port_and_says_which(face):
    async with http_server(HttpSettings("127.0.0.1", 0), face.app, lambda: 1.0) as server:
        assert server.port > 0
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", headers=KEY) as client:
            answer = await client.get("/v1/tasks/t-1")
    assert answer.status_code == 200
    assert "server" not in answer.headers


def test_a_round_of_the_event_loop_accepts_many_connections(face):
    many = 8 * AT_ONCE

    async def rounds() -> int:
        async with http_server(HttpSettings("127.0.0.1", 0), face.app, lambda: 1.0) as server:
            with ExitStack() as stack:
                for _ in range(many):
                    stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
                accepted = 0
                for count in range(1, 2 * many):
                    await asyncio.sleep(0)
                    accepted = len(server.patrol.connections)
                    if accepted == many:
                        return count
                raise AssertionError(f"{accepted} of {many} connections were accepted")

    assert uvloop.run(rounds()) <= many // 4


async def test_a_port_that_is_taken_is_refused_with_the_setting_to_change(face):
    async with http_server(HttpSettings("127.0.0.1", 0), face.app, lambda: 1.0) as server:
        with pytest.raises(OSError, match="AION_HTTP_LISTEN"):
            async with http_server(HttpSettings("127.0.0.1", server.port), face.app, lambda: 1.0):
                pass


async def test_calls_that_run_when_it_stops_may_end(face):
    face.script.hold = asyncio.Event()
    async with httpx2.AsyncClient(headers=KEY) as client:
        async with http_server(HttpSettings("127.0.0.1", 0), face.app, lambda: 30.0) as server:
            url = f"http://127.0.0.1:{server.port}/v1/tasks"
            call = asyncio.create_task(client.post(url, json={"intent": "summarize"}))
            await asyncio.wait_for(face.script.entered.wait(), 30)
            asyncio.get_running_loop().call_soon(face.script.hold.set)
        assert (await call).status_code == 202
        with pytest.raises(httpx2.ConnectError):
            await client.post(url, json={"intent": "summarize"})


async def test_it_speaks_tls_and_nothing_older_than_1_2(face, tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    cert, private = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    async with http_server(HttpSettings("127.0.0.1", 0, cert, private), face.app, lambda: 1.0) as server:
        trust = ssl.create_default_context(cafile=str(cert))
        async with httpx2.AsyncClient(verify=trust, headers=KEY) as client:
            answer = await client.get(f"https://localhost:{server.port}/v1/server")
        _, writer = await asyncio.open_connection("localhost", server.port, ssl=trust)
        version = writer.get_extra_info("ssl_object").version()
        writer.transport.abort()
        with pytest.raises(ssl.SSLError):
            await asyncio.open_connection("localhost", server.port, ssl=old_tls(cert))
    assert answer.status_code == 200
    assert version in ("TLSv1.2", "TLSv1.3")


def old_tls(cert) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(cert))
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


@dataclass(eq=False)
class Connection:
    """One of uvicorn's, as far as the patrol looks."""

    write_paused: bool = False
    cycle: object = None
    aborted: bool = False
    flow: object = field(init=False)
    transport: object = field(init=False)

    def __post_init__(self):
        self.flow = SimpleNamespace(write_paused=self.write_paused)
        self.transport = SimpleNamespace(abort=self.abort)

    def abort(self):
        self.aborted = True


def cycle(*, more_body: bool, response_complete: bool):
    return SimpleNamespace(more_body=more_body, response_complete=response_complete)


def test_the_patrol_cuts_who_makes_no_progress_for_too_long_and_nobody_else():
    reader_stuck = Connection(write_paused=True, cycle=cycle(more_body=False, response_complete=False))
    never_asks = Connection()
    half_request = Connection(cycle=cycle(more_body=True, response_complete=False))
    long_answer = Connection(cycle=cycle(more_body=False, response_complete=False))
    idle = Connection(cycle=cycle(more_body=False, response_complete=True))
    everyone = {reader_stuck, never_asks, half_request, long_answer, idle}
    patrol = Patrol(everyone)
    patrol.look(0)
    patrol.look(STALL_SECONDS - 1)
    assert not any(connection.aborted for connection in everyone)
    patrol.look(STALL_SECONDS)
    assert {c for c in everyone if c.aborted} == {reader_stuck, never_asks, half_request}


def test_the_patrol_forgives_who_goes_on():
    reader = Connection(write_paused=True, cycle=cycle(more_body=False, response_complete=False))
    patrol = Patrol([reader])
    patrol.look(0)
    reader.flow.write_paused = False
    patrol.look(STALL_SECONDS / 2)
    reader.flow.write_paused = True
    patrol.look(STALL_SECONDS)
    assert not reader.aborted


async def test_uvicorns_connections_have_what_the_patrol_looks_at(face):
    face.script.progress = []
    face.script.hold = asyncio.Event()
    async with http_server(HttpSettings("127.0.0.1", 0), face.app, lambda: 1.0) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"POST /v1/tasks HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n{")
        patrol = server.patrol
        while not any(c.cycle is not None for c in patrol.connections):  # noqa: ASYNC110 # uvicorn has no event for it
            await asyncio.sleep(0)
        patrol.look(0)
        patrol.look(STALL_SECONDS)
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        writer.transport.abort()


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
            while not any(c.cycle is not None for c in server.patrol.connections):  # noqa: ASYNC110 # as above
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
    async with http_server(settings, face.app, lambda: 1.0) as server:
        url = f"http://127.0.0.1:{server.port}"
        async with httpx2.AsyncClient(base_url=url, headers=KEY) as first:
            assert (await first.get("/v1/tasks/t-1")).status_code == 200
            async with httpx2.AsyncClient(base_url=url, headers=KEY) as second:
                refused = await second.get("/v1/tasks/t-1")
                assert (refused.status_code, refused.json()["reason"]) == (429, "RATE_LIMITED")
                assert refused.headers["retry-after"] == "1"
                assert refused.headers["x-request-id"] == refused.json()["request_id"]
                assert (await second.get("/livez")).status_code == 200
            assert (await first.get("/v1/tasks/t-1")).status_code == 200


async def test_idle_connections_over_the_bound_go_and_probes_are_answered(face):
    settings = HttpSettings("127.0.0.1", 0, max_connections=1)
    async with http_server(settings, face.app, lambda: 1.0) as server:
        idle = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(SPARE_CONNECTIONS + 20)]
        answer = await exchange(server.port, b"GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        held = len(server.patrol.connections)
        for _, writer in idle:
            writer.transport.abort()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert held <= SPARE_CONNECTIONS + 1
