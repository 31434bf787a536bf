"""Clocks, sleep and randomness as preview 1 asks for them. A sleep ends with the attempt, at its deadline or cancel."""

from struct import Struct
from typing import TYPE_CHECKING

from aion import failpoints
from aion.adapters.engines.wasm.host.granted import now, random_bytes
from aion.adapters.engines.wasm.host.native import Words
from aion.adapters.engines.wasm.host.wasi_errors import INVAL, SUCCESS

if TYPE_CHECKING:
    from aion.adapters.engines.wasm.host.wasi import Preview1

_LAST_CLOCK = 3
_MOST_SUBSCRIPTIONS = 64
_SUBSCRIPTION = Struct("<QBxxxxxxxIxxxxQQHxxxxxx")
_EVENT = Struct("<QHBxxxxxQHxxxxxx")
_ON_CLOCK, _ON_READ = 0, 1
_ABSOLUTE = 1
_CHUNK = 1 << 16


def clock_time_get(wasi: "Preview1", values: Words) -> int:
    """The time on a clock."""
    if values[0] > _LAST_CLOCK:
        return INVAL
    wasi.memory.write_u64(values[8], now(wasi.attempt, values[0]))
    return SUCCESS


def clock_res_get(wasi: "Preview1", values: Words) -> int:
    """How fine a clock is."""
    if values[0] > _LAST_CLOCK:
        return INVAL
    wasi.memory.write_u64(values[4], 1000)
    return SUCCESS


def random_get(wasi: "Preview1", values: Words) -> int:
    """Random bytes."""
    start, left = values[0], values[4]
    attempt = wasi.attempt
    while left:
        size = min(left, _CHUNK)
        wasi.memory.write(start, random_bytes(attempt, size))
        start, left = start + size, left - size
        if left:
            attempt.go_on()
    return SUCCESS


def sched_yield(wasi: "Preview1", _: Words) -> int:
    """Nothing to yield to; a test can hold a guest here."""
    failpoints.hit("host.guest_yields")
    wasi.attempt.go_on()
    return SUCCESS


def poll_oneoff(wasi: "Preview1", values: Words) -> int:
    """Sleep, or a stream that is ready: they always are."""
    subscriptions_at, events_at, count, size_at = values[0], values[4], values[8], values[12]
    if not 0 < count <= _MOST_SUBSCRIPTIONS:
        return INVAL
    raw = wasi.memory.read(subscriptions_at, count * _SUBSCRIPTION.size)
    ready: list[bytes] = []
    waits: list[tuple[int, bytes]] = []
    for user_data, kind, clock, timeout, _precision, flags in _SUBSCRIPTION.iter_unpack(raw):
        if kind != _ON_CLOCK:
            left = len(wasi.attempt.input) - wasi.attempt.read_to if kind == _ON_READ else 0
            ready.append(_EVENT.pack(user_data, SUCCESS, kind, left, 0))
        elif clock > _LAST_CLOCK:
            ready.append(_EVENT.pack(user_data, INVAL, kind, 0, 0))
        else:
            wait = timeout - now(wasi.attempt, clock) if flags & _ABSOLUTE else timeout
            waits.append((max(wait, 0), _EVENT.pack(user_data, SUCCESS, kind, 0, 0)))
    if waits and not ready:
        shortest = min(wait for wait, _ in waits)
        if "clock" in wasi.attempt.granted:
            wasi.attempt.sleep(shortest)
            wasi.attempt.go_on()
        ready = [event for wait, event in waits if wait <= shortest]
    wasi.memory.write(events_at, b"".join(ready))
    wasi.memory.write_u32(size_at, len(ready))
    return SUCCESS
