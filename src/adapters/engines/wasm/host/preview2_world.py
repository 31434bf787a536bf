"""The rest of WASI 0.2 that a guest has: exit, clocks, polling, randomness; and refusals for files and network."""

from collections.abc import Callable

from aion.adapters.engines.wasm.host.component_arguments import Arguments
from aion.adapters.engines.wasm.host.component_guest_state import ComponentGuest
from aion.adapters.engines.wasm.host.component_values import (
    Value,
    bad,
    byte_list,
    enumeration,
    nothing,
    record,
    true_or_false,
    u32,
    u64,
    value_list,
    value_tuple,
)
from aion.adapters.engines.wasm.host.endings import GuestExits, failed
from aion.adapters.engines.wasm.host.granted import MONOTONIC, REALTIME, now, random_bytes

_RESOLUTION_NS = 1000
# As much as a browser gives at once: a byte is 32 bytes on its way out.
_MOST_RANDOM = 1 << 16
_MOST_POLLED = 1024
_NO_NETWORK = 0

Function = Callable[[ComponentGuest, Arguments], Value | None]


def _exit(_: ComponentGuest, arguments: Arguments) -> Value | None:
    raise GuestExits(0 if arguments.is_ok(0) else 1)


def _exit_with_code(_: ComponentGuest, arguments: Arguments) -> Value | None:
    raise GuestExits(arguments.small(0))


def _empty_list(_: ComponentGuest, __: Arguments) -> Value:
    return value_list(())


def _none(_: ComponentGuest, __: Arguments) -> Value:
    return nothing()


def _moment(nanoseconds: int) -> Value:
    seconds, rest = divmod(nanoseconds, 10**9)
    return record(seconds=u64(seconds), nanoseconds=u32(rest))


def _wall_now(guest: ComponentGuest, _: Arguments) -> Value:
    return _moment(now(guest.attempt, REALTIME))


def _wall_resolution(_: ComponentGuest, __: Arguments) -> Value:
    return _moment(_RESOLUTION_NS)


def _monotonic_now(guest: ComponentGuest, _: Arguments) -> Value:
    return u64(now(guest.attempt, MONOTONIC))


def _monotonic_resolution(_: ComponentGuest, __: Arguments) -> Value:
    return u64(_RESOLUTION_NS)


def _at_instant(guest: ComponentGuest, arguments: Arguments) -> Value:
    return guest.timer(arguments.context, arguments.number(0))


def _after_duration(guest: ComponentGuest, arguments: Arguments) -> Value:
    return guest.timer(arguments.context, now(guest.attempt, MONOTONIC) + arguments.number(0))


def _waits(guest: ComponentGuest, pollables: list[int]) -> list[int]:
    moment = now(guest.attempt, MONOTONIC)
    return [max(0, guest.timers.get(pollable, 0) - moment) for pollable in pollables]


def _wait(guest: ComponentGuest, nanoseconds: int) -> None:
    """Without a clock a sleep is over at once: time stands still, and nobody sees the difference."""
    if nanoseconds and "clock" in guest.attempt.granted:
        guest.attempt.sleep(nanoseconds)
    guest.attempt.go_on()


def _poll(guest: ComponentGuest, arguments: Arguments) -> Value:
    count = arguments.length(0)
    if not 0 < count <= _MOST_POLLED:
        raise failed("MODULE_TRAPPED", f"the module polled {count} pollables; 1 to {_MOST_POLLED} can be")
    pollables = arguments.representations(0, _MOST_POLLED)
    waits = _waits(guest, pollables)
    shortest = min(waits)
    _wait(guest, shortest)
    return value_list([u32(place) for place, wait in enumerate(waits) if wait <= shortest])


def _block(guest: ComponentGuest, arguments: Arguments) -> None:
    _wait(guest, *_waits(guest, [arguments.resource()]))


def _ready(guest: ComponentGuest, arguments: Arguments) -> Value:
    return true_or_false(_waits(guest, [arguments.resource()]) == [0])


def _random(guest: ComponentGuest, arguments: Arguments) -> Value:
    size = arguments.number(0)
    if size > _MOST_RANDOM:
        raise failed("MODULE_TRAPPED", f"the module asked for {size} random bytes at once; at most {_MOST_RANDOM} are")
    return byte_list(random_bytes(guest.attempt, size))


def _random_number(guest: ComponentGuest, _: Arguments) -> Value:
    return u64(int.from_bytes(random_bytes(guest.attempt, 8), "little"))


def _random_pair(guest: ComponentGuest, _: Arguments) -> Value:
    drawn = random_bytes(guest.attempt, 16)
    return value_tuple(u64(int.from_bytes(drawn[:8], "little")), u64(int.from_bytes(drawn[8:], "little")))


def _network(guest: ComponentGuest, arguments: Arguments) -> Value:
    return guest.give(arguments.context, "network", _NO_NETWORK)


def _denied(_: ComponentGuest, __: Arguments) -> Value:
    return bad(enumeration("access-denied"))


WORLD: dict[str, Function] = {
    "cli/environment#get-environment": _empty_list,
    "cli/environment#get-arguments": _empty_list,
    "cli/environment#initial-cwd": _none,
    "cli/exit#exit": _exit,
    "cli/exit#exit-with-code": _exit_with_code,
    "clocks/wall-clock#now": _wall_now,
    "clocks/wall-clock#resolution": _wall_resolution,
    "clocks/monotonic-clock#now": _monotonic_now,
    "clocks/monotonic-clock#resolution": _monotonic_resolution,
    "clocks/monotonic-clock#subscribe-instant": _at_instant,
    "clocks/monotonic-clock#subscribe-duration": _after_duration,
    "io/poll#poll": _poll,
    "io/poll#[method]pollable.block": _block,
    "io/poll#[method]pollable.ready": _ready,
    "random/random#get-random-bytes": _random,
    "random/random#get-random-u64": _random_number,
    "random/insecure#get-insecure-random-bytes": _random,
    "random/insecure#get-insecure-random-u64": _random_number,
    "random/insecure-seed#insecure-seed": _random_pair,
    "filesystem/preopens#get-directories": _empty_list,
    "filesystem/types#filesystem-error-code": _none,
    "sockets/instance-network#instance-network": _network,
    "sockets/tcp-create-socket#create-tcp-socket": _denied,
    "sockets/udp-create-socket#create-udp-socket": _denied,
    "sockets/ip-name-lookup#resolve-addresses": _denied,
}
"""The functions by interface and name."""
