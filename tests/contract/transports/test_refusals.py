"""Every refusal is the same over every transport: reason, message, violations, facts, whether to retry."""

import gc
from datetime import timedelta
from typing import Any

import pytest

from aion.adapters.rpc.admission import MAX_REQUEST_BYTES
from aion.adapters.rpc.call import ProtobufPayload
from aion.domain.errors import AionError, FieldViolation, ValidationFailed
from aion.v1 import tasks_pb2
from tests.contract.transports.examples import EXAMPLES
from tests.contract.transports.front_door import Door
from tests.contract.transports.matrix import serving
from tests.contract.transports.statuses import right_status
from tests.contract.wire.error_tree import concrete, made
from tests.e2e.answers import Refused
from tests.e2e.faces import BY_NAME, Face, RestFace, refusal
from tests.e2e.socket_faces import SocketFace
from tests.e2e.transcoding import bindings

ERRORS = [error for error in concrete() if error.__module__ == "aion.domain.errors"]
FACTS: Any = {
    "violations": (FieldViolation("sla.p95_ms", "must be so"), FieldViolation("ünï", "näh")),
    "retry_after": timedelta(milliseconds=1500),
    "facts": {"limit": "3", "wörd": "☃"},
}
pytestmark = pytest.mark.asyncio(loop_scope="module")
every_rpc = pytest.mark.parametrize("name", sorted(BY_NAME))


def in_bytes(faces: tuple[Face, ...]) -> list[Any]:
    """The faces that send a request as bytes of its own; what a WebSocket makes of broken frames is tested there."""
    return [face for face in faces if not isinstance(face, SocketFace)]


async def refused_alike(door: Door, name: str, request: Any = None, headers: Any = None) -> Any:
    """The refusal of a call, after it was the same over every transport."""
    request = EXAMPLES[name].sample() if request is None else request
    refusals = []
    # A socket without credentials waits for a first frame that shows them.
    faces = in_bytes(door.faces(headers)) if headers == {} else serving(door.faces(headers), name)
    for face in faces:
        refused = await refusal(face, BY_NAME[name], request)
        assert right_status(face, refused), face.name
        refusals.append((face.name, refused))
    for face_name, refused in refusals:
        assert refused == refusals[0][1], face_name
    return refusals[0][1]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
@pytest.mark.parametrize("name", ["Cancel", "Watch"])
async def test_every_error_of_the_tree_is_written_alike(door: Door, error: type[AionError], name):
    """8.10 One table maps error reasons to gRPC codes and HTTP statuses."""
    door.script.error = made(error, **FACTS)
    refused = await refused_alike(door, name)
    assert refused.reason == error.reason
    assert refused.violations == tuple((v.field, v.description) for v in FACTS["violations"])
    assert (refused.facts, refused.retries) == (FACTS["facts"], True)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
async def test_an_error_that_says_no_pause_is_hinted_alike(door: Door, error: type[AionError]):
    """8.11 The same call gives the same refusal: reason, message, violations, facts, retry hint."""
    door.script.error = made(error)
    assert (await refused_alike(door, "Cancel")).retries == (error.usual_pause is not None)


@pytest.mark.parametrize("letter", ["x", "%", "\N{SNOWMAN}"])
@pytest.mark.parametrize("name", ["Cancel", "Watch"])
async def test_a_long_refusal_arrives_and_is_cut_alike(door: Door, name, letter):
    """8.11 The same call gives the same refusal: reason, message, violations, facts, retry hint."""
    long = letter * 5000
    violations = tuple(FieldViolation(f"fields[{n}].{long}", long) for n in range(10))
    door.script.error = ValidationFailed(long, violations=violations, facts={"limit": "3", "long": long})
    refused = await refused_alike(door, name)
    assert (refused.code, refused.reason) == ("INVALID_ARGUMENT", "VALIDATION_FAILED")
    assert len(refused.message) > 100
    assert set(refused.message) == {letter, "…"}
    assert [field.partition(".")[0] for field, _ in refused.violations] == [f"fields[{n}]" for n in range(10)]
    assert refused.facts["limit"] == "3"


async def test_a_stream_that_is_broken_off_ends_alike(door: Door):
    door.script.messages = [tasks_pb2.WatchResponse()]
    door.script.error = made(next(e for e in ERRORS if e.reason == "STORE_UNAVAILABLE"), **FACTS)
    assert (await refused_alike(door, "Watch")).reason == "STORE_UNAVAILABLE"


@pytest.mark.parametrize("name", ["Cancel", "Watch"])
async def test_a_defect_says_one_fixed_sentence(door: Door, name):
    """8.10 A cause outside of the error tree is INTERNAL with one fixed sentence; it is logged, never sent."""
    door.script.error = RuntimeError("a secret of the implementation")
    refused = await refused_alike(door, name)
    assert (refused.code, refused.reason) == ("INTERNAL", "INTERNAL")
    assert "secret" not in refused.message
    assert len(door.observer.defects) == len(door.faces())


@every_rpc
async def test_without_credentials_it_is_refused(door: Door, name):
    refused = await refused_alike(door, name, headers={})
    assert (refused.code, refused.reason) == ("UNAUTHENTICATED", "UNAUTHENTICATED")


@every_rpc
async def test_while_the_server_drains_it_is_refused(door: Door, name):
    door.pipeline.drain()
    refused = await refused_alike(door, name)
    assert (refused.code, refused.reason, refused.retries) == ("UNAVAILABLE", "DRAINING", True)


@every_rpc
async def test_over_the_rate_limit_it_is_refused(door: Door, name):
    """6.2 Over a bound the call is refused at once with RESOURCE_EXHAUSTED (HTTP 429) and a hint when to come back."""
    door.limit.pause = timedelta(seconds=7)
    refused = await refused_alike(door, name)
    assert (refused.code, refused.reason, refused.retries) == ("RESOURCE_EXHAUSTED", "RATE_LIMITED", True)


@every_rpc
async def test_over_four_mebibytes_it_is_refused(door: Door, name):
    """8.3 A request may have 4 MiB."""
    for face in _faces_with_body(door, name):
        refused = await _refusal_of_bytes(face, name, b" " * (MAX_REQUEST_BYTES + 1))
        assert (refused.code, refused.reason) == ("RESOURCE_EXHAUSTED", "REQUEST_TOO_LARGE"), face.name
        assert str(MAX_REQUEST_BYTES + 1) in refused.message, face.name


@every_rpc
async def test_what_cannot_be_decoded_is_refused(door: Door, name):
    """8.3 Bytes that cannot be decoded are INVALID_ARGUMENT with reason `MALFORMED_REQUEST`."""
    for face in _faces_with_body(door, name):
        refused = await _refusal_of_bytes(face, name, b"\xff")
        assert (refused.code, refused.reason) == ("INVALID_ARGUMENT", "MALFORMED_REQUEST"), face.name
    assert door.script.calls == []


@every_rpc
async def test_strangers_cannot_make_aion_parse(door: Door, name):
    """8.12 Nothing of a request is parsed before its caller is known."""
    for face in in_bytes(door.faces({})):
        if isinstance(face, RestFace):
            continue
        assert (await refusal(face, BY_NAME[name], b"\xff")).reason == "UNAUTHENTICATED", face.name


async def test_nothing_holds_the_request_of_a_refused_call_over_grpc(door: Door):
    """What only a collection would free stays for long: Python counts objects, and one request can have 4 MiB."""
    face = door.face("grpc")
    door.script.error = made(next(e for e in ERRORS if e.reason == "TASK_NOT_FOUND"))
    requests = (
        b"\xff" * 99,
        b"\x0a" + b"\x7f" + b"x" * 127,
        EXAMPLES["StatusById"].sample(),
        EXAMPLES["Watch"].sample(),
    )
    names = ("StatusById", "StatusById", "StatusById", "Watch")
    gc.collect()
    gc.disable()
    try:
        before = payloads()
        for name, request in zip(names, requests, strict=True):
            await refusal(face, BY_NAME[name], request)
        assert payloads() <= before
    finally:
        gc.enable()


def payloads() -> int:
    """How many requests are held."""
    return sum(1 for held in gc.get_objects() if type(held) is ProtobufPayload)


async def test_every_rpc_with_a_body_is_tried_with_broken_ones_over_rest():
    without = {name for name in BY_NAME if _with_body(name) is None}
    assert without == {name for name, method in BY_NAME.items() if not any(body for *_, body in bindings(method))}
    assert {_with_body(name)[0] for name in BY_NAME.keys() - without} == {"POST", "PUT"}


def _faces_with_body(door: Door, name: str) -> list[Any]:
    """The faces over which a request of this RPC has bytes of its own."""
    return [face for face in in_bytes(door.faces()) if not isinstance(face, RestFace) or _with_body(name) is not None]


def _with_body(name: str) -> tuple[str, str] | None:
    """Verb and path of an RPC that has a body over REST."""
    for verb, template, body in bindings(BY_NAME[name]):
        if body:
            return verb, template.replace("{", "").replace("}", "")
    return None


async def _refusal_of_bytes(face: Face, name: str, body: bytes) -> Any:
    if not isinstance(face, RestFace):
        return await refusal(face, BY_NAME[name], body)
    verb, path = _with_body(name) or ("", "")
    with pytest.raises(Refused) as raised:
        await face.send(verb, path, body)
    return raised.value.refusal
