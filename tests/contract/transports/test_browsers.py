"""What browsers are told: which pages may call (CORS), and what they may do with an answer."""

import asyncio
from datetime import timedelta

import pytest

from aion.adapters.transports.http.origins import Origins
from aion.adapters.transports.http.protocol import MAX_HEAD_BYTES
from aion.adapters.transports.http.security_headers import GUARDS, guarded
from aion.adapters.transports.web.cors import EXPOSED, allowed_headers
from aion.domain.errors import RateLimited
from tests.contract.transports.front_door import GOOD, PAGE, Door
from tests.e2e.connect_faces import envelope

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATHS = {
    "rest": ("GET", "/v1/tasks/t", {}, b""),
    "sse": ("GET", "/v1/tasks/t:watch", {}, b""),
    "connect": ("POST", "/aion.v1.AionTasks/Cancel", {"content-type": "application/json"}, b"{}"),
    "connect stream": (
        "POST",
        "/aion.v1.AionTasks/Watch",
        {"content-type": "application/connect+json"},
        envelope(b"{}"),
    ),
    "grpc-web": ("POST", "/aion.v1.AionTasks/Watch", {"content-type": "application/grpc-web+proto"}, envelope(b"")),
    "a probe": ("GET", "/livez", {}, b""),
    "a page": ("GET", "/openapi.json", {}, b""),
    "an unknown path": ("GET", "/nowhere", {}, b""),
    "a wrong method": ("DELETE", "/v1/tasks", {}, b""),
    "a wrong media type": ("POST", "/aion.v1.AionTasks/Cancel", {"content-type": "text/plain"}, b"{}"),
}
FOREIGN = [
    "https://evil.example",
    "https://page.example.evil.example",
    "https://page.example:8443",
    "http://page.example",
    "https://PAGE.example",
    "null",
    "*",
]
# What every page may read of an answer without being told (Fetch standard), and what no page reads at all.
SAFE = {"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"}
OF_THE_BROWSER = {name.decode() for name, _ in GUARDS} | {"date", "vary", "transfer-encoding", "x-accel-buffering"}
every_path = pytest.mark.parametrize("path", PATHS)


async def ask(door: Door, path: str, **headers: str):
    verb, where, said, body = PATHS[path]
    return await door.client.request(verb, where, content=body, headers={**GOOD, **said, **headers})


def preflight(origin: str, method: str = "POST", headers: str = "authorization,content-type") -> dict[str, str]:
    return {"origin": origin, "access-control-request-method": method, "access-control-request-headers": headers}


@every_path
async def test_a_page_of_an_allowed_origin_may_read_every_answer(door: Door, path):
    answer = await ask(door, path, origin=PAGE)
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert answer.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in answer.headers
    own = {name for name in answer.headers if not name.startswith("access-control-")}
    assert own - SAFE - OF_THE_BROWSER <= set(answer.headers["access-control-expose-headers"].split(", "))


@every_path
@pytest.mark.parametrize("origin", FOREIGN)
async def test_a_page_of_another_origin_gets_no_cors_header(door: Door, path, origin):
    answer = await ask(door, path, origin=origin)
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert answer.headers["vary"] == "Origin"


async def test_a_caller_that_is_no_page_is_served_without_cors(door: Door):
    answer = await ask(door, "rest")
    assert not [name for name in answer.headers if name.startswith("access-control-")]


@every_path
async def test_a_preflight_of_an_allowed_origin_is_answered_without_credentials(door: Door, path):
    verb, where, _, _ = PATHS[path]
    answer = await door.client.options(where, headers=preflight(PAGE, verb))
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert verb in answer.headers["access-control-allow-methods"].split(", ")
    assert answer.headers["access-control-max-age"] == "7200"
    assert answer.headers["vary"] == "Origin"
    allowed = set(answer.headers["access-control-allow-headers"].split(", "))
    assert allowed == set(allowed_headers())
    assert {"authorization", "connect-protocol-version", "grpc-timeout", "idempotency-key", "last-event-id"} < allowed


@every_path
@pytest.mark.parametrize("origin", FOREIGN)
async def test_a_preflight_of_another_origin_is_refused(door: Door, path, origin):
    """8.13 A page of another origin may read answers, and open a WebSocket, only if the operator named its origin; its
    preflight is refused.
    """
    answer = await door.client.options(PATHS[path][1], headers=preflight(origin))
    assert (answer.status_code, answer.json()["reason"]) == (403, "PERMISSION_DENIED")
    assert "AION_CORS_ORIGINS" in answer.json()["detail"]
    assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_two_origins_are_no_origin(door: Door):
    headers = [*GOOD.items(), ("origin", PAGE), ("origin", "https://evil.example")]
    answer = await door.client.get("/livez", headers=headers)
    assert "access-control-allow-origin" not in answer.headers


async def test_options_without_an_origin_is_a_method_like_others(door: Door):
    answer = await door.client.options("/v1/tasks", headers=GOOD)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


async def test_what_says_when_to_come_back_may_be_read(door: Door):
    door.script.error = RateLimited("not now", retry_after=timedelta(seconds=1))
    answer = await ask(door, "rest", origin=PAGE)
    assert answer.headers["retry-after"]
    assert {"retry-after", "x-request-id", "location", "grpc-status-details-bin"} < set(EXPOSED)


@every_path
async def test_every_answer_carries_the_guards(door: Door, path):
    """8.14 Every HTTP answer tells a browser to keep nothing, guess no type and stand in no frame."""
    answer = await ask(door, path)
    for name, value in GUARDS:
        assert answer.headers.get_list(name.decode()) == [value.decode()]
    assert "strict-transport-security" not in answer.headers


async def test_a_refused_handshake_carries_the_guards_too(door: Door):
    host, port = door.http.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        f"GET /v1/ws HTTP/1.1\r\nhost: {door.http}\r\norigin: https://evil.example\r\nconnection: upgrade\r\n"
        "upgrade: websocket\r\nsec-websocket-version: 13\r\n"
        "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    writer.close()
    assert " 403 " in head.splitlines()[0]
    assert all(f"{name.decode()}: {value.decode()}\r\n" in head for name, value in GUARDS)


async def test_what_is_no_http_gets_the_guards_too(door: Door):
    answer = await door.client.get("/livez", headers={"x-flood": "x" * (16 * MAX_HEAD_BYTES)})
    assert answer.status_code == 431
    for name, value in GUARDS:
        assert answer.headers[name.decode()] == value.decode()


@pytest.mark.parametrize(("scheme", "said"), [("https", True), ("http", False)])
async def test_only_over_tls_the_browser_is_told_to_stay_with_tls(scheme, said):
    async def page(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"cache-control", b"max-age=60")]})

    sent = []

    async def send(message):
        sent.append(message)

    await guarded(page)({"type": "http", "scheme": scheme}, None, send)  # type: ignore[arg-type]
    headers = dict(sent[0]["headers"])
    assert (b"strict-transport-security" in headers) == said
    assert headers[b"cache-control"] == b"max-age=60", "what an answer says itself stays"


@pytest.mark.parametrize(
    ("origin", "host", "secure", "admitted"),
    [
        (PAGE, "aion.example", True, True),
        ("https://aion.example", "aion.example", True, True),
        ("https://AION.example", "aion.example", True, True),
        ("http://localhost:8080", "localhost:8080", False, True),
        ("http://aion.example", "aion.example", True, False),
        ("https://aion.example:444", "aion.example", True, False),
        ("null", "aion.example", True, False),
        ("", "", True, False),
    ],
)
async def test_a_handshake_is_admitted_from_the_own_pages_and_the_list(origin, host, secure, admitted):
    assert Origins.of([PAGE]).admit(origin, host, secure=secure) == admitted
