"""Attacks on the HTTP port: requests that never become whole, that come without end, or that mean two things."""

from collections.abc import Iterator
from itertools import repeat

from tests.abuse.attack import Attack, Target

KIB = 1 << 10
INFO = b"GET /v1/server HTTP/1.1\r\nhost: localhost\r\n"
SUBMIT = b"POST /v1/tasks HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
CHUNKED = SUBMIT + b"transfer-encoding: chunked\r\n\r\n"


def slow_headers(target: Target) -> Iterator[bytes]:
    """Slowloris: a header, letter by letter."""
    yield INFO + b"x-slow: "
    yield from repeat(b"x")


def slow_request_line(target: Target) -> Iterator[bytes]:
    yield b"GET /"
    yield from repeat(b"x")


def slow_body(target: Target) -> Iterator[bytes]:
    yield SUBMIT + b"authorization: Bearer " + target.key.encode() + b"\r\ncontent-length: 1000000\r\n\r\n{"
    yield from repeat(b" ")


def slow_body_of_a_stranger(target: Target) -> Iterator[bytes]:
    yield SUBMIT + b"content-length: 1000000\r\n\r\n{"
    yield from repeat(b" ")


def chunks_of_a_byte(target: Target) -> Iterator[bytes]:
    yield CHUNKED
    yield from repeat(b"1\r\n \r\n" * 500)


def long_chunk_extensions(target: Target) -> Iterator[bytes]:
    yield CHUNKED
    yield b"1;"
    yield from repeat(b"x" * (16 * KIB))


def endless_trailers(target: Target) -> Iterator[bytes]:
    yield CHUNKED
    yield b"2\r\n{}\r\n0\r\n"
    yield from repeat(b"x-more: " + b"x" * KIB + b"\r\n")


def a_chunk_of_everything(target: Target) -> Iterator[bytes]:
    yield CHUNKED
    yield b"ffffffffffffffff\r\n"
    yield from repeat(b"x" * (64 * KIB))


def many_headers(target: Target) -> Iterator[bytes]:
    yield INFO
    yield from repeat(b"".join(b"x-%d: y\r\n" % number for number in range(1000)))


def long_request_line(target: Target) -> Iterator[bytes]:
    yield b"GET /"
    yield from repeat(b"x" * (16 * KIB))


def a_large_body(target: Target) -> Iterator[bytes]:
    """More than a request may have, announced in full."""
    yield SUBMIT + b"authorization: Bearer " + target.key.encode() + b"\r\ncontent-length: 1000000000\r\n\r\n"
    yield from repeat(b"x" * (64 * KIB))


def pipelined(target: Target) -> Iterator[bytes]:
    yield from repeat((INFO + b"\r\n") * 100)


def pipelined_with_a_key(target: Target) -> Iterator[bytes]:
    """Long answers, asked for again and again, and never read."""
    lists = b"GET /v1/tasks?page_size=100 HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer %s\r\n\r\n"
    yield from repeat(lists % target.key.encode() * 20)


def idle(target: Target) -> Iterator[bytes]:
    return iter(())


def after_an_answer(target: Target) -> Iterator[bytes]:
    yield b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n"


def no_http(target: Target) -> Iterator[bytes]:
    yield b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500


def preface_of_http2(target: Target) -> Iterator[bytes]:
    yield b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0"


def half_an_upgrade(target: Target) -> Iterator[bytes]:
    yield (
        b"GET /v1/ws HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
        b"sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )


ATTACKS = {
    "100 slow heads": Attack(slow_headers, per_second=5, connections=100),
    "100 slow request lines": Attack(slow_request_line, per_second=5, connections=100),
    "100 slow bodies": Attack(slow_body, per_second=5, connections=100),
    "100 slow bodies of strangers": Attack(slow_body_of_a_stranger, per_second=5, connections=100),
    "chunks of a byte": Attack(chunks_of_a_byte, per_second=100),
    "a chunk extension without end": Attack(long_chunk_extensions, ends=True),
    "trailers without end": Attack(endless_trailers, ends=True),
    "a chunk of everything": Attack(a_chunk_of_everything, per_second=2000, ends=True),
    "100,000 headers": Attack(many_headers, ends=True),
    "a request line without end": Attack(long_request_line, ends=True),
    "a body of 1 GB": Attack(a_large_body, ends=True),
    "requests one after another": Attack(pipelined, per_second=50),
    "answers unread": Attack(pipelined_with_a_key, per_second=50, listening=False, connections=4),
    "1,000 connections that say nothing": Attack(idle, connections=1000),
    "1,000 connections that are kept": Attack(after_an_answer, connections=1000),
    "TLS to plain text": Attack(no_http, ends=True),
    "HTTP/2 to HTTP/1.1": Attack(preface_of_http2, ends=True),
    "500 half WebSockets": Attack(half_an_upgrade, connections=500),
}
"""By name."""
