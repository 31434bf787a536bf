"""What goes wrong with a protobuf message on its way, or is made to: bytes that are nearly one."""

from collections.abc import Callable
from functools import cache
from random import Random

from google.protobuf.descriptor import Descriptor, FieldDescriptor

Damage = Callable[[Random, bytes, Descriptor], bytes]
_MESSAGE, _STRING = FieldDescriptor.TYPE_MESSAGE, FieldDescriptor.TYPE_STRING


def damaged(rng: Random, data: bytes, descriptor: Descriptor) -> bytes:
    """The message after one or two damages. The large ones are rare: they are the same every time."""
    if rng.random() < 0.004:
        return rng.choice(_LARGE)(rng, data, descriptor)
    for _ in range(rng.randint(1, 2)):
        data = rng.choice(_SMALL)(rng, data, descriptor)
    return data


def varint(number: int) -> bytes:
    """The number as protobuf writes it."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def enclosed(number: int, content: bytes) -> bytes:
    """A field with a length."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def _cut(rng: Random, data: bytes, descriptor: Descriptor) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _flipped(rng: Random, data: bytes, descriptor: Descriptor) -> bytes:
    changed = bytearray(data)
    for _ in range(min(len(data), rng.randint(1, 4))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _noisy(rng: Random, data: bytes, descriptor: Descriptor) -> bytes:
    place = rng.randrange(len(data) + 1)
    return data[:place] + rng.randbytes(rng.randint(1, 20)) + data[place:]


def _noise(rng: Random, data: bytes, descriptor: Descriptor) -> bytes:
    return rng.randbytes(rng.choice((1, 2, 5, 50, 1000)))


def _repeated(rng: Random, data: bytes, descriptor: Descriptor) -> bytes:
    return data * rng.choice((2, 3, 50))


def _wrong_type(rng: Random, data: bytes, descriptor: Descriptor) -> bytes:
    number = _number(rng, descriptor)
    kind = rng.choice((0, 1, 2, 3, 4, 5, 6, 7))
    return data + varint(number << 3 | kind) + rng.randbytes(rng.randint(0, 9))


def _huge_number(rng: Random, data: bytes, descriptor: Descriptor) -> bytes:
    ending = rng.choice((b"\x01", b"\x7f", b"", b"\xff\x01"))
    return data + varint(_number(rng, descriptor) << 3) + b"\xff" * rng.randint(4, 12) + ending


def _beyond_its_end(rng: Random, data: bytes, descriptor: Descriptor) -> bytes:
    length = rng.choice((len(data) + 100, 2**31 - 1, 2**31, 2**32, 2**63, 2**64 - 1))
    return data + varint(_number(rng, descriptor) << 3 | 2) + varint(length) + b"x"


def _no_utf8(rng: Random, data: bytes, descriptor: Descriptor) -> bytes:
    texts = [field.number for field in descriptor.fields if field.type == _STRING] or [1]
    bad = rng.choice((b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"a\x80", b"\xe2\x82"))
    return data + enclosed(rng.choice(texts), bad)


def _unknown(rng: Random, data: bytes, descriptor: Descriptor) -> bytes:
    number = rng.choice((99, 1000, 19_000, 2**29 - 1))
    return data + enclosed(number, rng.randbytes(rng.randint(0, 30)))


def _field_zero(rng: Random, data: bytes, descriptor: Descriptor) -> bytes:
    return data + rng.choice((b"\x00", b"\x02\x01x", varint(2**32 << 3), varint(2**29 << 3 | 2) + b"\x00"))


def _groups(rng: Random, data: bytes, descriptor: Descriptor) -> bytes:
    return data + rng.choice((b"\x0b\x0c", b"\x0b" * 101 + b"\x0c" * 101, b"\x0b", b"\x0c", b"\x0b\x14"))


def _nested(rng: Random, data: bytes, descriptor: Descriptor) -> bytes:
    inner = [field.number for field in descriptor.fields if field.type == _MESSAGE] or [1]
    return data + _nest(rng.choice(inner), rng.choice((20, 99, 100, 101, 200)))


def _deeply_nested(rng: Random, data: bytes, descriptor: Descriptor) -> bytes:
    inner = [field.number for field in descriptor.fields if field.type == _MESSAGE] or [1]
    return data + _nest(rng.choice(inner), 3000)


@cache
def _nest(number: int, depth: int) -> bytes:
    content = b""
    for _ in range(depth):
        content = enclosed(number, content)
    return content


def _many_unknown(rng: Random, data: bytes, descriptor: Descriptor) -> bytes:
    return data + (varint(999 << 3) + b"\x01") * 100_000


def _many_values(rng: Random, data: bytes, descriptor: Descriptor) -> bytes:
    return data + enclosed(_number(rng, descriptor), b"") * 100_000


def _one_large_value(rng: Random, data: bytes, descriptor: Descriptor) -> bytes:
    return data + enclosed(_number(rng, descriptor), b"x" * rng.choice((1 << 20, (4 << 20) - 100, (4 << 20) + 1)))


def _number(rng: Random, descriptor: Descriptor) -> int:
    return rng.choice([field.number for field in descriptor.fields] or [1])


_SMALL: tuple[Damage, ...] = (
    _cut,
    _flipped,
    _noisy,
    _noise,
    _repeated,
    _wrong_type,
    _huge_number,
    _beyond_its_end,
    _no_utf8,
    _unknown,
    _field_zero,
    _groups,
    _nested,
)
_LARGE: tuple[Damage, ...] = (_deeply_nested, _many_unknown, _many_values, _one_large_value)
