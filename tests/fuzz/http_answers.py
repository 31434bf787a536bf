"""What an HTTP answer says, by its own media type: a problem, a document, events, or the frames of an RPC protocol."""

import base64
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import unquote

import orjson
from google.protobuf import json_format
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.message import DecodeError, Message
from google.rpc import status_pb2

from tests.e2e.answers import CODE_NAMES
from tests.e2e.connect_faces import CODES
from tests.fuzz.grpc_lane import accepted, refusal_of_status
from tests.fuzz.http_wire import HttpAnswer
from tests.fuzz.requests import Answer, Cell

_MALFORMED = (ValueError, KeyError, TypeError, AttributeError, DecodeError)
_END_OF_STREAM, _TRAILERS = 0b10, 0x80
_ENDS_OF_EVENTS = frozenset({b"done", b"error", b"validated"})
"""The events after which a stream of events is over. So it is after `refused`, which is judged as a refusal, and
`validated` is all that there is to say of a request that was only to be checked.
"""


def answer_of(cell: Cell, http: HttpAnswer) -> Answer:
    """The answer in the form of every transport."""
    media = http.headers.get("content-type", "").partition(";")[0]
    raw = repr(http.headers).encode() + http.body
    if http.status in (204, 304) and not http.body:
        return Answer("OK", raw=raw, http_status=http.status)
    try:
        return _reader(media, http)(cell, http, raw)
    except _MALFORMED as error:
        return Answer("?", raw=raw, http_status=http.status, wrong=f"it cannot be read as {media}: {error!r}")


def _reader(media: str, http: HttpAnswer) -> Callable[[Cell, HttpAnswer, bytes], Answer]:
    if media == "application/problem+json":
        return _problem
    if http.status >= HTTPStatus.BAD_REQUEST:
        return _connect_error
    by_media = {
        "text/event-stream": _events,
        "application/connect+json": _connect_stream,
        "application/connect+proto": _connect_stream,
        "application/proto": _message,
    }
    return _grpc_web if media.startswith("application/grpc-web") else by_media.get(media, _document)


def _problem(cell: Cell, http: HttpAnswer, raw: bytes) -> Answer:
    problem = orjson.loads(http.body)
    wrong = (
        "" if problem["status"] == http.status and problem["detail"] and problem["title"] else "it contradicts itself"
    )
    marks = (problem["request_id"], problem["trace_id"])
    marked = all(marks) and marks == (http.headers.get("x-request-id"), http.headers.get("x-trace-id"))
    return Answer(problem["code"], problem["reason"], raw, http.status, marked=marked, wrong=wrong)


def _document(cell: Cell, http: HttpAnswer, raw: bytes) -> Answer:
    document = orjson.loads(http.body)
    if cell.transport == "connect-json":
        message = json_format.ParseDict(document, cell.method.response())
        return Answer("OK", raw=raw, http_status=http.status, messages=(message,))
    wrong = "" if isinstance(document, dict) else "it is no JSON object"
    return Answer("OK", raw=raw, http_status=http.status, wrong=wrong, marked="x-request-id" in http.headers)


def _events(cell: Cell, http: HttpAnswer, raw: bytes) -> Answer:
    *blocks, rest = http.body.split(b"\n\n")
    if rest and not http.left:
        return Answer("OK", raw=raw, wrong="its last event is not whole")
    last = b""
    for block in blocks:
        fields = dict(line.split(b": ", 1) for line in block.split(b"\n") if not line.startswith(b":"))
        if b"data" in fields:
            document, last = orjson.loads(fields[b"data"]), fields[b"event"]
            if fields[b"event"] == b"refused":
                return Answer(document["code"], document["reason"], raw, document["status"])
        elif fields.keys() - {b"retry"}:
            return Answer("OK", raw=raw, wrong=f"it has an event without data: {block[:200]!r}")
    wrong = "" if http.left or last in _ENDS_OF_EVENTS else f"it has no end, its last event is {last!r}"
    return Answer("OK", raw=raw, http_status=200, left=http.left, wrong=wrong)


def _message(cell: Cell, http: HttpAnswer, raw: bytes) -> Answer:
    return accepted(cell, [http.body])


def _connect_error(cell: Cell, http: HttpAnswer, raw: bytes) -> Answer:
    return _refusal_of_error(orjson.loads(http.body), raw, http.status)


def _refusal_of_error(error: dict[str, object], raw: bytes, http_status: int) -> Answer:
    details = []
    listed = error["details"]
    assert isinstance(listed, list)
    for detail in listed:
        value = base64.b64decode(detail["value"] + "===")
        details.append(Packed(type_url=f"type.googleapis.com/{detail['type']}", value=value))
    number = CODES[str(error["code"])]
    status = status_pb2.Status(code=number, message=str(error["message"]), details=details)
    found = refusal_of_status(status, raw, CODE_NAMES[number])
    return Answer(found.code, found.reason, raw, http_status, marked=found.marked, wrong=found.wrong)


def _connect_stream(cell: Cell, http: HttpAnswer, raw: bytes) -> Answer:
    as_json = http.headers["content-type"].endswith("json")
    messages: list[Message] = []
    frames, whole = _frames(http.body)
    for flags, data in frames:
        if flags & _END_OF_STREAM:
            error = orjson.loads(data).get("error")
            return (
                _refusal_of_error(error, raw, http.status) if error else Answer("OK", raw=raw, messages=tuple(messages))
            )
        if as_json:
            messages.append(json_format.Parse(data, cell.method.response()))
        else:
            messages.append(cell.method.response.FromString(data))
    wrong = "" if http.left else f"it has no end ({'whole' if whole else 'broken'} frames)"
    return Answer("OK", raw=raw, left=http.left, wrong=wrong)


def _grpc_web(cell: Cell, http: HttpAnswer, raw: bytes) -> Answer:
    media = http.headers["content-type"]
    body = _joined_base64(http.body) if "-text" in media else http.body
    received: list[bytes] = []
    frames, whole = _frames(body)
    for flags, data in frames:
        if not flags & _TRAILERS:
            received.append(data)
            continue
        trailers = dict(line.split(": ", 1) for line in data.decode("ascii").splitlines())
        if trailers["grpc-status"] == "0":
            return Answer("OK", raw=raw) if media.endswith("json") else accepted(cell, received)
        status = status_pb2.Status.FromString(base64.b64decode(trailers["grpc-status-details-bin"] + "==="))
        found = refusal_of_status(status, raw + data, CODE_NAMES[int(trailers["grpc-status"])])
        wrong = found.wrong or ("" if unquote(trailers["grpc-message"]) == status.message else "it has two sentences")
        return Answer(found.code, found.reason, found.raw, marked=found.marked, wrong=wrong)
    wrong = "" if http.left else f"it has no trailers ({'whole' if whole else 'broken'} frames)"
    return Answer("OK", raw=raw, left=http.left, wrong=wrong)


def _frames(body: bytes) -> tuple[list[tuple[int, bytes]], bool]:
    """Flags and content of every whole frame, and whether all are."""
    frames, place = [], 0
    while len(body) >= place + 5 and len(body) >= (
        end := place + 5 + int.from_bytes(body[place + 1 : place + 5], "big")
    ):
        frames.append((body[place], body[place + 5 : end]))
        place = end
    return frames, place == len(body)


def _joined_base64(text: bytes) -> bytes:
    """Pieces of base64, each with its own padding."""
    quartets = (text[place : place + 4] for place in range(0, len(text) - len(text) % 4, 4))
    return b"".join(base64.b64decode(quartet) for quartet in quartets)
