"""Envelopes: one byte of flags and four of length before each message, in streams of Connect and in gRPC-Web."""

from aion.domain.errors import MalformedRequest

ENVELOPE_BYTES = 5
COMPRESSED = 0b01


def open_envelope(data: bytes) -> tuple[int, bytes]:
    """Flags and content of the one envelope that a request consists of. Raises MalformedRequest."""
    if len(data) < ENVELOPE_BYTES:
        raise MalformedRequest("the body holds no message: five bytes, flags and length, stand before one")
    flags, announced = data[0], int.from_bytes(data[1:ENVELOPE_BYTES], "big")
    content = data[ENVELOPE_BYTES:]
    if flags & ~COMPRESSED:
        raise MalformedRequest(f"the message has the flags {flags:#04x}; a request knows 0x00 and 0x01 (compressed)")
    if len(content) < announced:
        raise MalformedRequest(f"the message announces {announced} bytes and has {len(content)}; send all of it")
    if len(content) > announced:
        raise MalformedRequest("the body holds more than one message; send exactly one")
    return flags, content


def seal_envelope(flags: int, content: bytes) -> bytes:
    """Content with its five bytes before it."""
    return bytes((flags,)) + len(content).to_bytes(4, "big") + content
