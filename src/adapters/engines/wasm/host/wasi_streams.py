"""WASI's file functions over the three streams that a guest has: stdin, stdout, stderr. There are no files."""

from struct import Struct
from typing import TYPE_CHECKING

from aion.adapters.engines.wasm.host.native import Words
from aion.adapters.engines.wasm.host.wasi_errors import BADF, INVAL, SPIPE, SUCCESS

if TYPE_CHECKING:
    from aion.adapters.engines.wasm.host.wasi import Preview1

_MOST_BUFFERS = 1024
_BUFFER = Struct("<II")
_FDSTAT = Struct("<BxHxxxxQQ")
_FILESTAT = Struct("<QQBxxxxxxxQQQQQ")
_UNKNOWN, _CHARACTER_DEVICE = 0, 2
_RIGHT_READ, _RIGHT_WRITE = 1 << 1, 1 << 6


def _buffers(wasi: "Preview1", start: int, count: int) -> list[tuple[int, int]]:
    memory = wasi.memory
    if count == 1:
        return [memory.read_pair(start)]
    return list(_BUFFER.iter_unpack(memory.read(start, count * _BUFFER.size)))


def fd_read(wasi: "Preview1", values: Words) -> int:
    """Reads from stdin, which holds the whole input."""
    count = values[8]
    if values[0] != 0:
        return BADF
    if count > _MOST_BUFFERS:
        return INVAL
    attempt, total = wasi.attempt, 0
    for address, length in _buffers(wasi, values[4], count):
        at = attempt.read_to
        piece = attempt.input[at : at + length]
        wasi.memory.write(address, piece)
        attempt.read_to = at + len(piece)
        total += len(piece)
        if len(piece) < length:
            break
    wasi.memory.write_u32(values[12], total)
    return SUCCESS


def fd_write(wasi: "Preview1", values: Words) -> int:
    """Writes to stdout or stderr."""
    fd, count = values[0], values[8]
    if fd not in (1, 2):
        return BADF
    if count > _MOST_BUFFERS:
        return INVAL
    output = wasi.attempt.output
    # What is over the limit is not even copied; one byte more is enough to be over it.
    room = output.room(fd)
    total = 0
    pieces = []
    for address, length in _buffers(wasi, values[4], count):
        pieces.append(wasi.memory.read(address, min(length, room - total)))
        total += length
        if total >= room:
            break
    data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    if fd == 1:
        output.stdout(data, wasi.attempt.go_on)
    else:
        output.stderr(data)
    wasi.memory.write_u32(values[12], total & 0xFFFFFFFF)
    return SUCCESS


def fd_fdstat_get(wasi: "Preview1", values: Words) -> int:
    """What a stream is."""
    fd = values[0]
    if fd > 2:
        return BADF
    # Output that looks like a terminal makes a C guest flush every line, which is what a watcher wants to see.
    kind, rights = (_UNKNOWN, _RIGHT_READ) if fd == 0 else (_CHARACTER_DEVICE, _RIGHT_WRITE)
    wasi.memory.write(values[4], _FDSTAT.pack(kind, 0, rights, 0))
    return SUCCESS


def fd_filestat_get(wasi: "Preview1", values: Words) -> int:
    """What a stream is, in more words."""
    fd = values[0]
    if fd > 2:
        return BADF
    kind = _UNKNOWN if fd == 0 else _CHARACTER_DEVICE
    wasi.memory.write(values[4], _FILESTAT.pack(0, fd, kind, 1, 0, 0, 0, 0))
    return SUCCESS


def fd_close(_: "Preview1", values: Words) -> int:
    """Closing a stream changes nothing: the attempt has it until it ends."""
    return SUCCESS if values[0] <= 2 else BADF


def fd_seek(_: "Preview1", values: Words) -> int:
    """Streams have no position; fd_tell is answered alike."""
    return SPIPE if values[0] <= 2 else BADF


def fd_prestat(_: "Preview1", __: Words) -> int:
    """No directory was opened for the guest."""
    return BADF


def nothing_given(wasi: "Preview1", values: Words) -> int:
    """args_sizes_get and environ_sizes_get: no arguments, no environment."""
    wasi.memory.write_u32(values[0], 0)
    wasi.memory.write_u32(values[4], 0)
    return SUCCESS


def nothing_to_copy(_: "Preview1", __: Words) -> int:
    """args_get and environ_get."""
    return SUCCESS
