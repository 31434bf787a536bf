"""The exact type of every function of WASI 0.2 that a component is served, in the words of WIT.

A component declares itself what it imports, and wasmtime links a host function to whatever type that is. The host
reads arguments and writes results as the types here say: a component that declares another one is refused when it is
compiled, and again when it is linked. The names of parameters are left out, since nothing depends on them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes and returns."""

    parameters: tuple[str, ...]
    result: str | None

    def __str__(self) -> str:
        taken = f"({', '.join(self.parameters)})"
        return taken if self.result is None else f"{taken} -> {self.result}"


RUN = Signature((), "result")
"""By which a command is started."""

_IN, _OUT = "borrow<input-stream>", "borrow<output-stream>"
_FAILS = "variant { last-operation-failed(own<error>), closed }"
_READ = Signature((_IN, "u64"), f"result<list<u8>, {_FAILS}>")
_SKIP = Signature((_IN, "u64"), f"result<u64, {_FAILS}>")
_WRITE = Signature((_OUT, "list<u8>"), f"result<_, {_FAILS}>")
_ZEROES = Signature((_OUT, "u64"), f"result<_, {_FAILS}>")
_FLUSH = Signature((_OUT,), f"result<_, {_FAILS}>")
_SPLICE = Signature((_OUT, _IN, "u64"), f"result<u64, {_FAILS}>")
_TIMER = Signature(("u64",), "own<pollable>")
_DATETIME = Signature((), "record { seconds: u64, nanoseconds: u32 }")
_NUMBER = Signature((), "u64")
_CHANCE = Signature(("u64",), "list<u8>")

_FILE_ERRORS = (
    "enum { access, would-block, already, bad-descriptor, busy, deadlock, quota, exist, file-too-large, "
    "illegal-byte-sequence, in-progress, interrupted, invalid, io, is-directory, loop, too-many-links, message-size, "
    "name-too-long, no-device, no-entry, no-lock, insufficient-memory, insufficient-space, not-directory, not-empty, "
    "not-recoverable, unsupported, no-tty, no-such-device, overflow, not-permitted, pipe, read-only, invalid-seek, "
    "text-file-busy, cross-device }"
)
_NETWORK_ERRORS = (
    "enum { unknown, access-denied, not-supported, invalid-argument, out-of-memory, timeout, concurrency-conflict, "
    "not-in-progress, would-block, invalid-state, new-socket-limit, address-not-bindable, address-in-use, "
    "remote-unreachable, connection-refused, connection-reset, connection-aborted, datagram-too-large, "
    "name-unresolvable, temporary-resolver-failure, permanent-resolver-failure }"
)
_FAMILY = "enum { ipv4, ipv6 }"

SIGNATURES: dict[str, Signature] = {
    "cli/stdin#get-stdin": Signature((), "own<input-stream>"),
    "cli/stdout#get-stdout": Signature((), "own<output-stream>"),
    "cli/stderr#get-stderr": Signature((), "own<output-stream>"),
    "cli/terminal-stdin#get-terminal-stdin": Signature((), "option<own<terminal-input>>"),
    "cli/terminal-stdout#get-terminal-stdout": Signature((), "option<own<terminal-output>>"),
    "cli/terminal-stderr#get-terminal-stderr": Signature((), "option<own<terminal-output>>"),
    "cli/environment#get-environment": Signature((), "list<tuple<string, string>>"),
    "cli/environment#get-arguments": Signature((), "list<string>"),
    "cli/environment#initial-cwd": Signature((), "option<string>"),
    "cli/exit#exit": Signature(("result",), None),
    "cli/exit#exit-with-code": Signature(("u8",), None),
    "io/streams#[method]input-stream.read": _READ,
    "io/streams#[method]input-stream.blocking-read": _READ,
    "io/streams#[method]input-stream.skip": _SKIP,
    "io/streams#[method]input-stream.blocking-skip": _SKIP,
    "io/streams#[method]input-stream.subscribe": Signature((_IN,), "own<pollable>"),
    "io/streams#[method]output-stream.check-write": Signature((_OUT,), f"result<u64, {_FAILS}>"),
    "io/streams#[method]output-stream.write": _WRITE,
    "io/streams#[method]output-stream.blocking-write-and-flush": _WRITE,
    "io/streams#[method]output-stream.flush": _FLUSH,
    "io/streams#[method]output-stream.blocking-flush": _FLUSH,
    "io/streams#[method]output-stream.subscribe": Signature((_OUT,), "own<pollable>"),
    "io/streams#[method]output-stream.write-zeroes": _ZEROES,
    "io/streams#[method]output-stream.blocking-write-zeroes-and-flush": _ZEROES,
    "io/streams#[method]output-stream.splice": _SPLICE,
    "io/streams#[method]output-stream.blocking-splice": _SPLICE,
    "io/poll#poll": Signature(("list<borrow<pollable>>",), "list<u32>"),
    "io/poll#[method]pollable.block": Signature(("borrow<pollable>",), None),
    "io/poll#[method]pollable.ready": Signature(("borrow<pollable>",), "bool"),
    "clocks/wall-clock#now": _DATETIME,
    "clocks/wall-clock#resolution": _DATETIME,
    "clocks/monotonic-clock#now": _NUMBER,
    "clocks/monotonic-clock#resolution": _NUMBER,
    "clocks/monotonic-clock#subscribe-instant": _TIMER,
    "clocks/monotonic-clock#subscribe-duration": _TIMER,
    "random/random#get-random-bytes": _CHANCE,
    "random/random#get-random-u64": _NUMBER,
    "random/insecure#get-insecure-random-bytes": _CHANCE,
    "random/insecure#get-insecure-random-u64": _NUMBER,
    "random/insecure-seed#insecure-seed": Signature((), "tuple<u64, u64>"),
    "filesystem/preopens#get-directories": Signature((), "list<tuple<own<descriptor>, string>>"),
    "filesystem/types#filesystem-error-code": Signature(("borrow<error>",), f"option<{_FILE_ERRORS}>"),
    "sockets/instance-network#instance-network": Signature((), "own<network>"),
    "sockets/tcp-create-socket#create-tcp-socket": Signature((_FAMILY,), f"result<own<tcp-socket>, {_NETWORK_ERRORS}>"),
    "sockets/udp-create-socket#create-udp-socket": Signature((_FAMILY,), f"result<own<udp-socket>, {_NETWORK_ERRORS}>"),
    "sockets/ip-name-lookup#resolve-addresses": Signature(
        ("borrow<network>", "string"), f"result<own<resolve-address-stream>, {_NETWORK_ERRORS}>"
    ),
}
"""By interface and name: a function that is here is served, and any other one ends the guest that calls it."""
