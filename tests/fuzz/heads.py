"""What stands before a body: credentials, marks, deadlines, media types, and floods of what nobody asked for."""

from collections.abc import Mapping
from random import Random

from google.protobuf.descriptor import Descriptor

from aion.adapters.transports.header_fields import header_fields
from aion.adapters.transports.json.form import type_of
from tests.fuzz.requests import Cell

Head = list[tuple[str, bytes]]

ODD_CREDENTIALS = (
    b"",
    b"Bearer",
    b"Bearer ",
    b"Bearer wrong",
    b"Bearer aion_" + b"A" * 60,
    b"Bearer " + b"x" * 4000,
    b"Basic dXNlcjpwYXNz",
    b"Digest x",
    b"Bearer \xc3\xa9",
    b"bearer bearer",
    b", ,",
)
_TRACE = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
_ODD: Mapping[str, tuple[bytes, ...]] = {
    "x-request-id": (b"mine", b"", b"a b", b"x" * 129, b"x" * 5000, b"../..", b'"', b"%00"),
    "traceparent": (
        _TRACE,
        _TRACE.upper(),
        b"00-" + b"0" * 32 + b"-" + b"0" * 16 + b"-00",
        b"ff" + _TRACE[2:],
        b"x",
        b"",
    ),
    "tracestate": (b"a=b", b"=", b"a=b," * 100),
    "user-agent": (b"", b"x" * 2000, b"Mozilla/5.0 (compatible)"),
    "x-forwarded-for": (b"10.0.0.1", b"127.0.0.1, ::1", b"x" * 500),
    "cookie": (b"a=b", b"x" * 3000),
    "x-tenant": (b"other",),
}
"""Headers that mean something on every transport, or that others give a meaning."""

_ODD_HTTP: Mapping[str, tuple[bytes, ...]] = {
    "content-type": (
        b"",
        b"text/plain",
        b"application/json; charset=utf-16",
        b'application/json;charset="utf-8"',
        b"application/json;;;=",
        b"application/xml",
        b"application/proto",
        b"application/connect+json",
        b"application/grpc",
        b"application/grpc-web-text",
        b"multipart/form-data; boundary=x",
        b"a" * 3000,
        b"*/*",
    ),
    "content-encoding": (b"gzip", b"br", b"identity", b"gzip, gzip", b""),
    "connect-content-encoding": (b"gzip", b"br", b"identity"),
    "grpc-encoding": (b"gzip", b"deflate", b"identity"),
    "accept": (b"application/json", b"text/event-stream;q=0", b"text/*;q=0.0", b"x", b"," * 500, b"", b"*/*;q=1"),
    "accept-encoding": (b"gzip, br, zstd", b"identity;q=0", b"*;q=0"),
    "connect-timeout-ms": (b"0", b"1", b"5", b"30000", b"9999999999", b"99999999999", b"-1", b"1.5", b"x", b""),
    "connect-protocol-version": (b"1", b"2", b"", b"x"),
    "grpc-timeout": (b"0n", b"1n", b"5m", b"30S", b"99999999H", b"999999999S", b"1X", b"S", b"-1S", b"1 S", b""),
    "grpc-accept-encoding": (b"gzip", b"x" * 500),
    "origin": (b"https://page.example", b"null", b"http://127.0.0.1", b"x", b"https://[::1", b"https://a.invalid:x"),
    "host": (b"127.0.0.1", b"name.invalid", b"[::1]", b"[::1", b"x" * 500, b"a b", b""),
    "expect": (b"100-continue", b"x"),
    "te": (b"trailers", b"gzip"),
    "range": (b"bytes=0-1", b"x=1-0"),
    "if-none-match": (b"*",),
    "x-http-method-override": (b"DELETE",),
    "x-api-key": (b"wrong", b"", b"x" * 300),
}
_TIMEOUTS = frozenset({"connect-timeout-ms", "grpc-timeout"})


def odd_head(rng: Random, head: Head, *, http: bool) -> Head:
    """The head with one to three things changed or added."""
    table = {**_ODD, **(_ODD_HTTP if http else {})}
    names = list(table)
    for _ in range(rng.randint(1, 3)):
        share = rng.random()
        if share < 0.25:
            head = [pair for pair in head if pair[0] != "authorization"]
            if share < 0.2:
                head.append(("authorization", rng.choice(ODD_CREDENTIALS)))
            continue
        name = rng.choice(names)
        if share < 0.85:
            head = [pair for pair in head if pair[0] != name]
        head.append((name, rng.choice(table[name])))
    return head


def with_fields(rng: Random, cell: Cell, head: Head) -> Head:
    """The head with fields of the request that headers may carry: for REST and SSE they mean something."""
    for carried in header_fields(_descriptor(cell)):
        if rng.random() < 0.25:
            odd = _PREFERENCES if carried.key == "prefer" else _CARRIED
            head.append((carried.key, rng.choice(odd)))
            if rng.random() < 0.1:
                head.append((carried.key, rng.choice(odd)))
    return head


def asks_for_time(head: Head) -> bool:
    """Whether the call has a deadline of its own, or asks the server to wait."""
    return any(name in _TIMEOUTS or name == "prefer" for name, _ in head)


def flood(rng: Random, head: Head) -> Head:
    """Many small headers, one large one, or both: just below what servers take, and far above."""
    count, size = rng.choice(((90, 100), (200, 60), (900, 20), (1, 7_000), (1, 40_000), (3_000, 10)))
    return [*head, *((f"x-flood-{n}", b"y" * size) for n in range(count))]


def _descriptor(cell: Cell) -> Descriptor:
    return type_of(cell.method.request)


_CARRIED = (
    b"k1",
    b'"k2"',
    b"0",
    b"1",
    b"2",
    b"-1",
    b"9223372036854775807",
    b"9223372036854775808",
    b"1.0",
    b"0x1",
    b"",
    b'""',
    b'"',
    b"\xc3\xa9",
    b"\xff\xfe",
    b"\xd9\xa3",
    b"x" * 300,
    b"1, 2",
)
_PREFERENCES = (
    b"wait=0",
    b"wait=1",
    b'wait="1"',
    b"respond-async, wait=0",
    b"wait=61",
    b"wait=99999999999",
    b"wait=-1",
    b"wait=",
    b"wait",
    b"WAIT=0; x=y",
    b"wait=\xd9\xa3",
    b"wait=1,wait=2",
    b",,,=;",
    b"x" * 2000,
)
