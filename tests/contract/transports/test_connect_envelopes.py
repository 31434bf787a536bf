"""Envelopes and compression of Connect and gRPC-Web: what is read of them, and what is refused before it costs much."""

import gzip
import json

import pytest

from aion.adapters.rpc.admission import MAX_REQUEST_BYTES
from aion.v1 import tasks_pb2
from tests.contract.transports.front_door import GOOD, Door
from tests.e2e.connect_faces import envelope
from tests.e2e.faces import BY_NAME

pytestmark = pytest.mark.asyncio(loop_scope="module")
CANCEL, WATCH = (BY_NAME[name].path for name in ("Cancel", "Watch"))
JSON, CONNECT = {**GOOD, "content-type": "application/json"}, {**GOOD, "content-type": "application/connect+json"}
WEB = {**GOOD, "content-type": "application/grpc-web+proto"}
TASK = json.dumps({"taskId": "t"}).encode()


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "no message"),
        (b"\0\0\0", "no message"),
        (b"\0\0\0\0\x05{}", "announces"),
        (envelope(b"{}") + envelope(b"{}"), "more than one"),
        (envelope(b"{}", flags=2), "flags"),
        (envelope(b"{}", flags=0xFF), "flags"),
        (envelope(b"{}", flags=1), "compressed"),
        (b"\0\xff\xff\xff\xff", "announces"),
    ],
)
@pytest.mark.parametrize("headers", [CONNECT, WEB], ids=["connect", "grpc-web"])
async def test_a_broken_envelope_is_refused(door: Door, body, word, headers):
    answer = await door.client.post(WATCH, content=body, headers=headers)
    assert answer.status_code == 200
    assert word.encode() in answer.content
    assert (b"invalid_argument" if headers is CONNECT else b"grpc-status: 3") in answer.content
    assert door.script.calls == []


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "gzip, gzip"])
async def test_a_compression_that_is_not_known_is_refused(door: Door, coding):
    for path, name, headers, body in (
        (CANCEL, "content-encoding", JSON, TASK),
        (WATCH, "connect-content-encoding", CONNECT, envelope(TASK)),
        (WATCH, "grpc-encoding", WEB, envelope(b"")),
    ):
        answer = await door.client.post(path, content=body, headers={**headers, name: coding})
        assert b"must be gzip, identity or absent" in answer.content


async def test_a_stream_is_compressed_by_message_never_as_a_body(door: Door):
    body = gzip.compress(envelope(TASK))
    answer = await door.client.post(WATCH, content=body, headers={**CONNECT, "content-encoding": "gzip"})
    assert b"connect-content-encoding stands for messages" in answer.content


async def test_gzip_is_read(door: Door):
    small = gzip.compress(TASK)
    whole = await door.client.post(CANCEL, content=small, headers={**JSON, "content-encoding": "gzip"})
    assert whole.status_code == 200
    for header, headers, data in (
        ("connect-content-encoding", CONNECT, TASK),
        ("grpc-encoding", WEB, tasks_pb2.WatchRequest(task_id="t").SerializeToString()),
    ):
        body = envelope(gzip.compress(data), flags=1)
        await door.client.post(WATCH, content=body, headers={**headers, header: "gzip"})
    assert [call.request.task_id for call in door.script.calls] == ["t"] * 3  # type: ignore[attr-defined]


async def test_a_bomb_is_not_inflated_beyond_the_limit(door: Door):
    """8.12 What an HTTP client compressed is inflated only then, and never beyond 4 MiB."""
    bomb = gzip.compress(b" " * (8 * MAX_REQUEST_BYTES))
    assert len(bomb) < MAX_REQUEST_BYTES
    unary = await door.client.post(CANCEL, content=bomb, headers={**JSON, "content-encoding": "gzip"})
    assert (unary.status_code, unary.json()["code"]) == (429, "resource_exhausted")
    stream = await door.client.post(
        WATCH, content=envelope(bomb, flags=1), headers={**CONNECT, "connect-content-encoding": "gzip"}
    )
    assert json.loads(stream.content[5:])["error"]["code"] == "resource_exhausted"
    stranger = await door.client.post(
        CANCEL, content=bomb, headers={"content-type": "application/json", "content-encoding": "gzip"}
    )
    assert stranger.status_code == 401


@pytest.mark.parametrize(
    "damage",
    [b"not gzip", gzip.compress(TASK)[:-9], gzip.compress(TASK) + b"more"],
    ids=["no gzip", "cut", "more"],
)
async def test_damaged_gzip_is_refused(door: Door, damage):
    answer = await door.client.post(CANCEL, content=damage, headers={**JSON, "content-encoding": "gzip"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_argument")


async def test_a_message_of_exactly_the_limit_is_read_with_and_without_envelope(door: Door):
    """8.3 A request may have 4 MiB."""
    data = TASK + b" " * (MAX_REQUEST_BYTES - len(TASK))
    assert (await door.client.post(CANCEL, content=data, headers=JSON)).status_code == 200
    await door.client.post(WATCH, content=envelope(data), headers=CONNECT)
    assert len(door.script.calls) == 2
