"""The streams of WASI 0.2 over what a guest has: stdin, stdout, stderr. They are always ready."""

from collections.abc import Callable

from aion.adapters.engines.wasm.host.component_arguments import Arguments
from aion.adapters.engines.wasm.host.component_guest_state import (
    READY,
    STDERR,
    STDIN,
    STDOUT,
    ComponentGuest,
)
from aion.adapters.engines.wasm.host.component_values import (
    Value,
    bad,
    byte_list,
    good,
    nothing,
    u64,
    variant,
)
from aion.adapters.engines.wasm.host.endings import failed

# A byte is 32 bytes on its way in and out: pieces stay small.
_MOST_READ = 1 << 14
_ROOM = 1 << 14

Function = Callable[[ComponentGuest, Arguments], Value | None]


def _giver(kind: str, representation: int) -> Function:
    def give(guest: ComponentGuest, arguments: Arguments) -> Value:
        return guest.give(arguments.context, kind, representation)

    return give


def _next_input(guest: ComponentGuest, most: int) -> bytes | None:
    """The next bytes of stdin, or None at its end."""
    attempt = guest.attempt
    at = attempt.read_to
    piece = attempt.input[at : at + min(most, _MOST_READ)]
    attempt.read_to = at + len(piece)
    return piece if piece or not most else None


def _read(guest: ComponentGuest, arguments: Arguments) -> Value:
    piece = _next_input(guest, arguments.number(1))
    return bad(variant("closed")) if piece is None else good(byte_list(piece))


def _skip(guest: ComponentGuest, arguments: Arguments) -> Value:
    piece = _next_input(guest, arguments.number(1))
    return bad(variant("closed")) if piece is None else good(u64(len(piece)))


def _subscribe(guest: ComponentGuest, arguments: Arguments) -> Value:
    return guest.give(arguments.context, "pollable", READY)


def _check_write(_: ComponentGuest, __: Arguments) -> Value:
    return good(u64(_ROOM))


def _take(guest: ComponentGuest, stream: int, data: bytes) -> Value:
    attempt = guest.attempt
    if stream == STDOUT:
        attempt.output.stdout(data[: attempt.output.room(1)], attempt.go_on)
    else:
        attempt.output.stderr(data[-attempt.output.room(2) :])
    return good()


def _write(guest: ComponentGuest, arguments: Arguments) -> Value:
    return _take(guest, arguments.resource(), arguments.bytes_of(1))


def _write_zeroes(guest: ComponentGuest, arguments: Arguments) -> Value:
    count = arguments.number(1)
    if count > _ROOM:
        raise failed("MODULE_TRAPPED", f"the module wrote {count} zeroes at once; at most {_ROOM} are")
    return _take(guest, arguments.resource(), bytes(count))


def _splice(guest: ComponentGuest, arguments: Arguments) -> Value:
    stream = arguments.resource()
    arguments.representation(1)
    piece = _next_input(guest, arguments.number(2))
    if piece is None:
        return bad(variant("closed"))
    _take(guest, stream, piece)
    return good(u64(len(piece)))


def _flush(_: ComponentGuest, __: Arguments) -> Value:
    return good()


def _no_terminal(_: ComponentGuest, __: Arguments) -> Value:
    return nothing()


STREAMS: dict[str, Function] = {
    "cli/stdin#get-stdin": _giver("input-stream", STDIN),
    "cli/stdout#get-stdout": _giver("output-stream", STDOUT),
    "cli/stderr#get-stderr": _giver("output-stream", STDERR),
    "cli/terminal-stdin#get-terminal-stdin": _no_terminal,
    "cli/terminal-stdout#get-terminal-stdout": _no_terminal,
    "cli/terminal-stderr#get-terminal-stderr": _no_terminal,
    "io/streams#[method]input-stream.read": _read,
    "io/streams#[method]input-stream.blocking-read": _read,
    "io/streams#[method]input-stream.skip": _skip,
    "io/streams#[method]input-stream.blocking-skip": _skip,
    "io/streams#[method]input-stream.subscribe": _subscribe,
    "io/streams#[method]output-stream.check-write": _check_write,
    "io/streams#[method]output-stream.write": _write,
    "io/streams#[method]output-stream.blocking-write-and-flush": _write,
    "io/streams#[method]output-stream.flush": _flush,
    "io/streams#[method]output-stream.blocking-flush": _flush,
    "io/streams#[method]output-stream.subscribe": _subscribe,
    "io/streams#[method]output-stream.write-zeroes": _write_zeroes,
    "io/streams#[method]output-stream.blocking-write-zeroes-and-flush": _write_zeroes,
    "io/streams#[method]output-stream.splice": _splice,
    "io/streams#[method]output-stream.blocking-splice": _splice,
}
"""The functions by interface and name."""
