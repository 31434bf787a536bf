"""HTTP/2 frames (RFC 9113) and header blocks (RFC 7541) as bytes, with nothing in the way of writing wrong ones."""

from collections.abc import Iterable
from enum import IntEnum

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
MOST_FRAME = (1 << 24) - 1
"""The longest payload that a frame can announce."""

Header = tuple[bytes, bytes]


class Kind(IntEnum):
    """Types of frames."""

    DATA = 0
    HEADERS = 1
    PRIORITY = 2
    RST_STREAM = 3
    SETTINGS = 4
    PUSH_PROMISE = 5
    PING = 6
    GOAWAY = 7
    WINDOW_UPDATE = 8
    CONTINUATION = 9
    UNKNOWN = 0xBE


ACK = END_STREAM = 0x1
END_HEADERS = 0x4
PRIORITY = 0x20

HEADER_TABLE_SIZE = 0x1
MAX_CONCURRENT_STREAMS = 0x3
INITIAL_WINDOW_SIZE = 0x4


def frame(kind: int, payload: bytes = b"", flags: int = 0, stream: int = 0, length: int | None = None) -> bytes:
    """One frame; `length` announces another length than the payload has."""
    announced = len(payload) if length is None else length
    return announced.to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def settings(**values: int) -> bytes:
    """A SETTINGS frame; each setting by its name in lower case."""
    known = {
        "header_table_size": HEADER_TABLE_SIZE,
        "max_concurrent_streams": MAX_CONCURRENT_STREAMS,
        "initial_window_size": INITIAL_WINDOW_SIZE,
    }
    return frame(
        Kind.SETTINGS, b"".join(known[name].to_bytes(2, "big") + _four(value) for name, value in values.items())
    )


def window_update(stream: int, increment: int) -> bytes:
    """A WINDOW_UPDATE frame."""
    return frame(Kind.WINDOW_UPDATE, _four(increment), stream=stream)


def reset(stream: int, code: int = 8) -> bytes:
    """A RST_STREAM frame; 8 is CANCEL."""
    return frame(Kind.RST_STREAM, _four(code), stream=stream)


AGREED = frame(Kind.SETTINGS, flags=ACK)
"""Says that the other side's settings are in force."""


def opening(*more: bytes) -> bytes:
    """The preface, and the settings that must follow it."""
    return PREFACE + b"".join(more or (settings(),))


def call(stream: int, path: str, headers: Iterable[Header] = (), flags: int = END_HEADERS) -> bytes:
    """The HEADERS of a gRPC call."""
    return frame(Kind.HEADERS, header_block(path, headers), flags, stream)


def message(stream: int, content: bytes = b"", flags: int = END_STREAM) -> bytes:
    """The DATA of a gRPC call: one message."""
    return frame(Kind.DATA, b"\0" + _four(len(content)) + content, flags, stream)


def text_field(number: int, text: str) -> bytes:
    """A field of a protobuf message."""
    return bytes((number << 3 | 2,)) + bytes((len(text),)) + text.encode()


def header_block(path: str, headers: Iterable[Header] = ()) -> bytes:
    """The header block of a gRPC call."""
    own = (
        (b":method", b"POST"),
        (b":scheme", b"http"),
        (b":path", path.encode()),
        (b":authority", b"localhost"),
        (b"te", b"trailers"),
        (b"content-type", b"application/grpc"),
    )
    return b"".join(literal(*header) for header in (*own, *headers))


def literal(name: bytes, value: bytes) -> bytes:
    """A header that no table remembers, without Huffman code."""
    return b"\0" + _text(name) + _text(value)


def remembered(name: bytes, value: bytes) -> bytes:
    """A header that the receiver's table keeps, as its newest entry."""
    return b"\x40" + _text(name) + _text(value)


NEWEST = bytes((0x80 | 62,))
"""The newest header of the table, in one byte."""


def _text(text: bytes) -> bytes:
    return _integer(len(text), 7) + text


def _integer(value: int, bits: int) -> bytes:
    most = (1 << bits) - 1
    if value < most:
        return bytes((value,))
    encoded, value = [most], value - most
    while value >= 0x80:
        encoded.append(0x80 | value & 0x7F)
        value >>= 7
    return bytes((*encoded, value))


def _four(value: int) -> bytes:
    return value.to_bytes(4, "big")
