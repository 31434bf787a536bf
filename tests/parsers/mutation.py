"""Inputs made from others by a seeded die: bytes changed, cut, repeated, joined, and what has broken parsers before."""

from collections.abc import Callable, Iterator
from random import Random

MOST_BYTES = 1 << 16
TROUBLE = (
    *(
        b"\0",
        b"\xff",
        b"\x80",
        b"\xed\xa0\x80",
        b"\xc0\x80",
        b"\xef\xbb\xbf",
        b"\r\n",
        b"\n\n",
        b"\t",
        b" ",
        b"'",
        b'"',
    ),
    *(b"{", b"}", b"[", b"]", b"{}", b"[]", b":", b",", b"\\", b"\\u0000", b"\\ud800", b"null", b"true", b"NaN", b"~"),
    *(b"-1", b"0", b"1e999", b"-0", b"9223372036854775808", b"18446744073709551616", b"0x7f", b"1_000", b"\xd9\xa1"),
    *(b"%00", b"%2f", b"../", b"&a", b"*a", b"!!", b"<<", b"---", b"...", b"|", b">", b"@", b"#", b"//", b"xn--"),
)
DEEP = 4_000


def mutants(seeds: tuple[bytes, ...], die: Random) -> Iterator[bytes]:
    """Without end."""
    while True:
        data = bytearray(die.choice(seeds))
        for _ in range(die.choice((1, 1, 2, 3, 8))):
            die.choice(_WAYS)(data, seeds, die)
        yield bytes(data[:MOST_BYTES])


def _place(data: bytearray, die: Random) -> int:
    return die.randrange(len(data) + 1)


def _flip(data: bytearray, seeds: tuple[bytes, ...], die: Random) -> None:
    if data:
        data[die.randrange(len(data))] ^= 1 << die.randrange(8)


def _replace(data: bytearray, seeds: tuple[bytes, ...], die: Random) -> None:
    if data:
        data[die.randrange(len(data))] = die.randrange(256)


def _insert(data: bytearray, seeds: tuple[bytes, ...], die: Random) -> None:
    at = _place(data, die)
    data[at:at] = die.choice(TROUBLE) * die.choice((1, 1, 1, 2, 40))


def _nest(data: bytearray, seeds: tuple[bytes, ...], die: Random) -> None:
    at = _place(data, die)
    data[at:at] = die.choice((b"[", b'{"a":', b"(", b"- ", b"a: {")) * die.randrange(1, DEEP)


def _cut(data: bytearray, seeds: tuple[bytes, ...], die: Random) -> None:
    first, last = sorted((_place(data, die), _place(data, die)))
    del data[first:last]


def _repeat(data: bytearray, seeds: tuple[bytes, ...], die: Random) -> None:
    first, last = sorted((_place(data, die), _place(data, die)))
    data[first:first] = data[first:last] * die.choice((1, 1, 2, 100))
    del data[MOST_BYTES:]


def _join(data: bytearray, seeds: tuple[bytes, ...], die: Random) -> None:
    other = die.choice(seeds)
    at, first = _place(data, die), die.randrange(len(other) + 1)
    data[at:] = other[first:]


_WAYS: tuple[Callable[[bytearray, tuple[bytes, ...], Random], None], ...] = (
    _flip,
    _replace,
    _insert,
    _insert,
    _nest,
    _cut,
    _repeat,
    _join,
)
