"""Who may open a WebSocket, from where, with which proof; what is wrong is an HTTP problem before the handshake, and a
frame and a close code after it.
"""

import asyncio
from contextlib import contextmanager

import pytest

from aion.adapters.identity import tickets
from aion.adapters.transports.websocket.connection import SocketBounds, SocketTimes
from aion.domain.errors import TooManyWaiters
from tests.contract.websocket.conftest import PAGE, Stage, a_stage
from tests.e2e.answers import Refusal, Refused
from tests.e2e.socket_faces import PATIENCE, open_socket

pytestmark = pytest.mark.asyncio(loop_scope="module")
HANDSHAKE = (
    "GET /v1/ws HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
)


async def refusal(stage: Stage, key: str | None = None, **options) -> Refusal:
    """How the handshake is refused."""
    with pytest.raises(Refused) as caught:
        async with stage.socket(key, **options):
            pass
    return caught.value.refusal


async def raw(stage: Stage, request: str) -> str:
    """The head and the body that a request gets."""
    host, port = stage.url.removeprefix("ws://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request.replace("{host}", f"{host}:{port}").encode("latin-1"))
    answer = await asyncio.wait_for(reader.read(), PATIENCE)
    writer.close()
    return answer.decode()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", PAGE + ".evil.example", "http://page.example", "*"])
async def test_a_page_of_another_origin_may_not_connect(stage: Stage, origin):
    refused = await refusal(stage, headers={"origin": origin})
    assert (refused.reason, refused.http_status) == ("PERMISSION_DENIED", 403)
    assert "AION_CORS_ORIGINS" in refused.message


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("/v1/tasks", 404, "METHOD_NOT_FOUND"),
        ("/v1/ws/x", 404, "METHOD_NOT_FOUND"),
        ("/v1/ws?key=x", 400, "MALFORMED_REQUEST"),
        ("/v1/ws?ticket=a&ticket=b", 400, "MALFORMED_REQUEST"),
        ("/v1/ws?ticket=a", 401, "UNAUTHENTICATED"),
    ],
)
async def test_an_address_that_is_not_quite_it_is_refused(stage: Stage, path, status, reason):
    refused = await refusal(stage, path=path)
    assert (refused.http_status, refused.reason) == (status, reason)


async def test_a_client_of_another_subprotocol_is_refused_and_one_of_none_is_served(stage: Stage):
    refused = await refusal(stage, subprotocols=["aion.v9.json"])
    assert (refused.http_status, refused.reason) == (400, "MALFORMED_REQUEST")
    async with stage.socket(subprotocols=None) as socket:
        assert socket.wire.subprotocol is None
    async with stage.socket(subprotocols=["other", "aion.v1.json"]) as socket:
        assert socket.wire.subprotocol == "aion.v1.json"


async def test_messages_are_not_compressed(stage: Stage):
    async with stage.socket(compression="deflate") as socket:
        assert socket.wire.protocol.extensions == []


async def test_a_wrong_key_is_refused_before_the_handshake(stage: Stage):
    refused = await refusal(stage, "aion_" + "x" * 60)
    assert (refused.http_status, refused.reason) == (401, "UNAUTHENTICATED")


async def test_a_draining_server_takes_no_new_connection(stage: Stage):
    stage.pipeline.drain()
    refused = await refusal(stage)
    assert (refused.http_status, refused.reason, refused.retries) == (503, "DRAINING", True)


async def test_a_tenant_has_so_many_connections_and_the_next_is_refused():
    taken = []

    @contextmanager
    def places(tenant):
        if len(taken) == 1:
            raise TooManyWaiters("1 WebSocket connections of your tenant are open, which is its limit")
        taken.append(tenant)
        yield
        taken.remove(tenant)

    async with a_stage(places=places) as stage:
        async with stage.socket():
            refused = await refusal(stage)
            assert (refused.http_status, refused.reason) == (429, "TOO_MANY_WAITERS")
            async with stage.socket("", ready=False) as late:
                await late.say(kind="auth", token=stage.gate.key())
                assert (await late.hear())["data"]["reason"] == "TOO_MANY_WAITERS"
                assert (await late.closed())[0] == 4429
        async with stage.socket() as socket:
            await socket.say(kind="ping")
            assert (await socket.hear())["type"] == "pong"


async def test_one_connection_too_many_for_the_server_is_refused():
    async with a_stage(connections=1) as stage, stage.socket():
        refused = await refusal(stage)
        assert (refused.http_status, refused.reason) == (429, "RATE_LIMITED")


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (HANDSHAKE.replace("Version: 13", "Version: 8"), 400),
        (HANDSHAKE.replace("AAAAAAAAAAAAAAAAAAAAAA==", "short"), 400),
        (HANDSHAKE.replace("GET", "POST"), 405),
        (HANDSHAKE.replace("HTTP/1.1", "HTTP/1.0"), 505),
    ],
)
async def test_what_is_no_handshake_is_a_problem(stage: Stage, request_text, status):
    answer = await raw(stage, request_text + "\r\n")
    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert "application/problem+json" in answer
    assert '"reason":"MALFORMED_REQUEST"' in answer


async def test_a_host_that_is_no_domain_name_breaks_nothing(stage: Stage):
    answer = await raw(stage, HANDSHAKE.replace("{host}", "x" * 100) + "Authorization: Bearer no\r\n\r\n")
    assert answer.startswith("HTTP/1.1 401 ")


async def test_a_handshake_with_more_headers_than_any_request_may_have_is_refused(stage: Stage):
    """The bound on headers holds for a connection that asks to upgrade as well."""
    many = "".join(f"x-{number}: {'y' * 1000}\r\n" for number in range(33))
    assert (await raw(stage, HANDSHAKE + many + "\r\n")).startswith("HTTP/1.1 431 ")


async def test_a_first_frame_says_who_calls(stage: Stage):
    key = stage.gate.key()
    for token in (key, await stage.gate.ticket(key)):
        async with stage.socket("", ready=False) as socket:
            await socket.say(kind="auth", token=token)
            assert (await socket.hear())["type"] == "ready"


@pytest.mark.parametrize(
    ("frame", "code", "reason"),
    [
        ({"kind": "auth", "token": "aion_" + "x" * 60}, 4401, "UNAUTHENTICATED"),
        ({"kind": "auth", "token": tickets.PREFIX + "x" * 60}, 4401, "UNAUTHENTICATED"),
        ({"kind": "auth", "token": ""}, 4400, "MALFORMED_REQUEST"),
        ({"kind": "auth", "token": 7}, 4400, "MALFORMED_REQUEST"),
        ({"kind": "auth"}, 4400, "MALFORMED_REQUEST"),
        ({"kind": "submit", "id": "a", "request": {"intent": "echo"}}, 4401, "UNAUTHENTICATED"),
        ({"kind": "ping"}, 4401, "UNAUTHENTICATED"),
        ({"kind": "hello"}, 4400, "MALFORMED_REQUEST"),
    ],
)
async def test_a_first_frame_that_proves_nothing_ends_the_connection(stage: Stage, frame, code, reason):
    async with stage.socket("", ready=False) as socket:
        await socket.say(**frame)
        assert (await socket.hear())["data"]["reason"] == reason
        assert (await socket.closed())[0] == code


async def test_a_stranger_has_so_long_to_say_who_it_is():
    async with a_stage(times=SocketTimes(authenticate=0.05)) as stage, stage.socket("", ready=False) as socket:
        code, sentence = await socket.closed()
    assert (code, sentence) == (4408, "the first frame must be auth, within 0.05 s")


async def test_of_too_many_strangers_the_one_that_was_silent_longest_goes():
    bounds = SocketBounds(strangers=1)
    async with (
        a_stage(bounds=bounds) as stage,
        stage.socket("", ready=False) as first,
        stage.socket("", ready=False) as second,
    ):
        assert (await first.closed())[0] == 4408
        await second.say(kind="auth", token=stage.gate.key())
        assert (await second.hear())["type"] == "ready"


async def test_a_stranger_may_send_no_more_than_a_ticket_needs(stage: Stage):
    async with stage.socket("", ready=False) as socket:
        await socket.say(kind="auth", token="x" * (16 << 10))
        assert (await socket.closed())[0] == 1009


async def test_the_one_who_connects_by_ticket_sends_nothing_else(stage: Stage):
    key = stage.gate.key()
    ticket = await stage.gate.ticket(key)
    async with open_socket(stage.url, path=f"/v1/ws?ticket={ticket}") as socket:
        await socket.say(kind="ping")
        assert (await socket.hear())["type"] == "pong"
    # Both at once could mean two callers; a ticket in a header is none.
    assert (await refusal(stage, key, path=f"/v1/ws?ticket={ticket}")).reason == "UNAUTHENTICATED"
    assert (await refusal(stage, ticket)).reason == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    "more",
    [
        "Content-Length: 5\r\n\r\nhello",
        "Content-Length: 5\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "".join(f"X-{number}: x\r\n" for number in range(130)) + "\r\n",
        f"X-Long: {'x' * 9000}\r\n\r\n",
    ],
    ids=["a body", "a body that does not come", "chunks", "many headers", "a long line"],
)
async def test_a_handshake_that_cannot_be_read_is_refused_and_not_left_open(stage: Stage, more):
    answer = await raw(stage, HANDSHAKE + more)
    assert answer.startswith(("HTTP/1.1 400 ", "HTTP/1.1 431 "))
    assert "content-type: application/problem+json" in answer.lower()
    assert "x-content-type-options: nosniff" in answer.lower()
    assert "MALFORMED_REQUEST" in answer
