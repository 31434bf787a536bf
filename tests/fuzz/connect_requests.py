"""Requests as Connect and gRPC-Web take them: a codec, a media type, envelopes where the protocol has them."""

import base64
import gzip
from random import Random

from aion.adapters.transports.json.form import protobuf_form
from tests.e2e.connect_faces import envelope
from tests.fuzz import damaged_json, heads
from tests.fuzz.documents import members_of
from tests.fuzz.known import Known
from tests.fuzz.messages import Author
from tests.fuzz.protobuf_requests import asks_to_wait, body_of
from tests.fuzz.requests import Cell, Request

DAMAGED, STRAYS, ODD_HEAD, FLOODS, PACKED = 0.25, 0.02, 0.1, 0.005, 0.04
_BOMB = gzip.compress(b"\x00" * (32 << 20))
_ODD_PATHS = (b"/aion.v1.AionTasks/Guess", b"/aion.v9.Nobody/Guess", b"/aion.v1.AionTasks/submit", b"/a.b/%43")


def compose(rng: Random, cell: Cell, known: Known) -> Request:
    """The next request to a cell."""
    codec = "json" if cell.transport == "connect-json" else "proto"
    body = _json(rng, cell, known) if codec == "json" else body_of(rng, cell, known)
    waits = b"wait" in body if codec == "json" else asks_to_wait(cell, body)
    enveloped = cell.transport == "grpc-web" or cell.method.streams
    head: heads.Head = [("host", b"127.0.0.1"), *((name, value.encode()) for name, value in known.headers.items())]
    media = _media(cell, codec)
    if rng.random() < PACKED:
        body, head = _packed(rng, cell, body, head, enveloped=enveloped)
    elif enveloped:
        body = envelope(body)
    if enveloped and rng.random() < 0.1:
        body = _bad_envelope(rng, body)
    if cell.transport == "grpc-web" and rng.random() < 0.15:
        media = media.replace(b"grpc-web", b"grpc-web-text")
        body = _as_text(rng, body)
    head.append(("content-type", media))
    odd = rng.random()
    if odd < ODD_HEAD:
        head = heads.odd_head(rng, head, http=True)
    floods = odd > 1 - FLOODS
    if floods:
        head = heads.flood(rng, head)
    strays = rng.random() < STRAYS
    path = rng.choice(_ODD_PATHS) if strays else cell.method.path.encode()
    return Request(
        cell,
        body,
        "POST",
        path,
        tuple(head),
        strays=strays or odd < ODD_HEAD,
        waits=waits or heads.asks_for_time(head),
        floods=floods,
    )


def _media(cell: Cell, codec: str) -> bytes:
    if cell.transport == "grpc-web":
        return b"application/grpc-web+proto"
    return f"application/{'connect+' if cell.method.streams else ''}{codec}".encode()


def _json(rng: Random, cell: Cell, known: Known) -> bytes:
    members = members_of(Author(rng, known).write(cell.method.request), protobuf_form)
    return damaged_json.damaged(rng, members) if rng.random() < DAMAGED else damaged_json.written(members)


def _packed(rng: Random, cell: Cell, body: bytes, head: heads.Head, *, enveloped: bool) -> tuple[bytes, heads.Head]:
    """Compressed, or said to be; now and then so much that nobody should unpack it."""
    share = rng.random()
    packed = _BOMB if share < 0.05 else gzip.compress(body) if share < 0.7 else body
    if share > 0.9:
        packed = packed[: len(packed) // 2]
    if not enveloped:
        return packed, [*head, ("content-encoding", b"gzip")]
    name = "grpc-encoding" if cell.transport == "grpc-web" else "connect-content-encoding"
    return envelope(packed, rng.choice((1, 1, 1, 0))), [*head, (name, b"gzip")]


def _bad_envelope(rng: Random, body: bytes) -> bytes:
    flags = rng.choice((0x00, 0x01, 0x02, 0x80, 0x81, 0xFF))
    length = rng.choice((0, 1, len(body), len(body) - 5, 2**31, 2**32 - 1))
    return rng.choice(
        (
            bytes([flags]) + body[1:],
            body[:1] + max(length, 0).to_bytes(4, "big") + body[5:],
            body + body,
            body[: rng.randrange(len(body) + 1)],
            body + envelope(b"", 0x02),
            body + envelope(b"grpc-status: 0\r\n", 0x80),
            envelope(body),
            b"",
        )
    )


def _as_text(rng: Random, body: bytes) -> bytes:
    text = base64.b64encode(body)
    share = rng.random()
    if share < 0.7:
        return text
    return rng.choice(
        (text[:-1], text.rstrip(b"="), text + b"=", text + b"\r\n", b"*" + text, body, text.replace(b"A", b"_"))
    )
