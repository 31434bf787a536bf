"""Builds and damages WebAssembly binaries, byte by byte: for what no assembler would write."""

import random

END = b"\x0b"
_HEAD = b"\0asm\1\0\0\0"
_PAGE_LIMIT = b"\1\0\1"


def number(value: int) -> bytes:
    """An unsigned number as WebAssembly writes it."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def section(kind: int, content: bytes) -> bytes:
    """A section."""
    return bytes((kind,)) + number(len(content)) + content


def many(items: list[bytes]) -> bytes:
    """A vector."""
    return number(len(items)) + b"".join(items)


def command(bodies: list[bytes], declared: bytes = b"\0") -> bytes:
    """A module with one memory whose first function is `_start`; all take and return nothing."""
    code = [number(len(declared + body)) + declared + body for body in bodies]
    exports = many([b"\6_start\0\0", b"\6memory\2\0"])
    return b"".join(
        (
            _HEAD,
            section(1, many([b"\x60\0\0"])),
            section(3, many([b"\0"] * len(bodies))),
            section(5, _PAGE_LIMIT),
            section(7, exports),
            section(10, many(code)),
        )
    )


def with_names(wasm: bytes, content: bytes) -> bytes:
    """The module with a section of debug names that says this."""
    return wasm + section(0, b"\4name" + content)


def section_ends(wasm: bytes) -> list[int]:
    """Where each section of a module ends."""
    ends, at = [], len(_HEAD)
    while at < len(wasm):
        at, shift, length = at + 1, 0, 0
        while True:
            length |= (wasm[at] & 0x7F) << shift
            shift += 7
            at += 1
            if not wasm[at - 1] & 0x80:
                break
        at += length
        ends.append(at)
    return ends


def mutated(wasm: bytes, seed: int, most: int) -> bytes:
    """The file with up to so many pieces changed, cut out or doubled; always the same for the same seed."""
    chance = random.Random(seed)
    damaged = bytearray(wasm)
    for _ in range(chance.randint(1, most)):
        at = chance.randrange(len(_HEAD), len(damaged))
        action = chance.randrange(5)
        if action <= 1:
            damaged[at] ^= 1 << chance.randrange(8)
        elif action == 2:
            damaged[at] = chance.choice((0, 0x7F, 0x80, 0xFF))
        elif action == 3:
            del damaged[at : at + chance.randint(1, 4)]
        else:
            damaged[at:at] = damaged[at : at + chance.randint(1, 8)]
    return bytes(damaged)
