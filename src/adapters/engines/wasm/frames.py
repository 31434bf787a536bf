"""What supervisor and host say to each other over their socket: length-prefixed frames.

A frame is a header (payload length, kind, id) and a payload. The id names an attempt; in LOAD and UNLOAD it names the
slot that RUN frames refer to in between. Numbers are little-endian; texts are UTF-8.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import NamedTuple

import orjson

from aion.domain.attempts import AttemptOutcome, AttemptResult, Failure
from aion.domain.events import EventKind, NewEvent

_HEADER = Struct("<IBQ")
_RUN = Struct("<IqQQBB")
_END = Struct("<BQQ")
_PERMISSIONS = ("clock", "random", "log")
MOST_FUEL = 2**63 - 1
"""Nobody is given more, and no store keeps a larger number."""


class FrameKind(IntEnum):
    """The supervisor sends the first four, a host the others."""

    LOAD = 1
    RUN = 2
    CANCEL = 3
    UNLOAD = 4
    READY = 16
    EVENTS = 17
    END = 18


class RunOrder(NamedTuple):
    """One attempt, as a host needs it. The deadline is on the machine's monotonic clock, which all processes share."""

    slot: int
    deadline_ns: int
    memory_bytes: int
    fuel: int
    granted: frozenset[str]
    seed: bytes
    input: bytes


Event = tuple[int, str]
"""The kind of an event and its text, or its JSON when it is a partial result."""


def frame(kind: FrameKind, number: int, payload: bytes = b"") -> bytes:
    """A frame as bytes."""
    return _HEADER.pack(len(payload), kind, number) + payload


@dataclass(frozen=True, slots=True)
class LoadOrder:
    """A module's native code, and what it was compiled as."""

    metered: bool
    component: bool
    code: bytes


_METERED, _COMPONENT = 1, 2


def load_payload(order: LoadOrder) -> bytes:
    """The payload of LOAD."""
    return bytes((_METERED * order.metered | _COMPONENT * order.component,)) + order.code


def read_load(payload: bytes) -> LoadOrder:
    """Reads the payload of LOAD."""
    flags = payload[0]
    return LoadOrder(bool(flags & _METERED), bool(flags & _COMPONENT), payload[1:])


def run_payload(order: RunOrder) -> bytes:
    """The payload of RUN."""
    flags = _GRANTS.index(order.granted.intersection(_PERMISSIONS))
    seed = order.seed[:255]
    head = _RUN.pack(order.slot, order.deadline_ns, order.memory_bytes, order.fuel, flags, len(seed))
    return b"".join((head, seed, order.input))


_GRANTS = tuple(
    frozenset(name for bit, name in enumerate(_PERMISSIONS) if flags & 1 << bit)
    for flags in range(1 << len(_PERMISSIONS))
)


def read_run(payload: bytes) -> RunOrder:
    """Reads the payload of RUN."""
    slot, deadline, memory, fuel, flags, seed_length = _RUN.unpack_from(payload)
    seed_end = _RUN.size + seed_length
    return RunOrder(slot, deadline, memory, fuel, _GRANTS[flags], payload[_RUN.size : seed_end], payload[seed_end:])


def end_payload(result: AttemptResult) -> bytes:
    """The payload of END."""
    head = _END.pack(result.outcome, result.fuel, result.memory_bytes)
    if result.failure is not None:
        failure = result.failure
        return head + orjson.dumps([failure.code, failure.message, failure.retryable])
    return head + (result.result_json or "").encode()


def read_end(payload: bytes) -> AttemptResult:
    """Reads the payload of END, which a host wrote that its guest may have taken over. Raises ValueError."""
    if len(payload) < _END.size:
        raise ValueError("an END frame is too short")
    number, fuel, memory = _END.unpack_from(payload)
    if fuel > MOST_FUEL:
        raise ValueError(f"an END frame says that {fuel} of fuel were burnt, the most that there is are {MOST_FUEL}")
    outcome = AttemptOutcome(number)
    if outcome is AttemptOutcome.RUNNING:
        raise ValueError("an END frame says that its attempt runs")
    rest = payload[_END.size :]
    if outcome is AttemptOutcome.OK:
        return AttemptResult(outcome, result_json=rest.decode(), fuel=fuel, memory_bytes=memory)
    match orjson.loads(rest):
        case [str(code), str(message), bool(retryable)]:
            pass
        case _:
            raise ValueError("an END frame does not say why the attempt failed")
    return AttemptResult(outcome, failure=Failure(code, message, retryable), fuel=fuel, memory_bytes=memory)


def events_payload(events: Sequence[Event]) -> bytes:
    """The payload of EVENTS."""
    return orjson.dumps(events)


_TEXTS = {int(kind): kind for kind in (EventKind.TOKEN, EventKind.LOG)}


def read_events(payload: bytes) -> list[NewEvent]:
    """Reads the payload of EVENTS, which a host wrote that its guest may have taken over. Raises ValueError."""
    try:
        return [_event(number, text) for number, text in orjson.loads(payload)]
    except (TypeError, KeyError) as cause:
        raise ValueError("an EVENTS frame is no list of kinds and texts") from cause


def _event(number: object, text: object) -> NewEvent:
    if type(text) is not str:
        raise ValueError("an event's text is none")
    if number == EventKind.PARTIAL:
        orjson.loads(text)
        return NewEvent(EventKind.PARTIAL, data_json=text)
    return NewEvent(_TEXTS[number], text=text)  # type: ignore[index] # whatever it is: it is there or not


class FrameReader:
    """Cuts a stream of bytes into frames, none longer than `most`."""

    __slots__ = ("_most", "_rest")

    def __init__(self, most: int = sys.maxsize) -> None:
        self._most = most
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[int, int, bytes]]:
        """The frames that are complete now: kind, id, payload. Raises ValueError for one that is too long."""
        self._rest += data
        rest, at = self._rest, 0
        try:
            while len(rest) - at >= _HEADER.size:
                length, kind, number = _HEADER.unpack_from(rest, at)
                if length > self._most:
                    raise ValueError(f"a frame of {length} bytes, the most is {self._most}")
                end = at + _HEADER.size + length
                if end > len(rest):
                    break
                payload = bytes(rest[at + _HEADER.size : end])
                at = end
                yield kind, number, payload
        finally:
            del rest[:at]
