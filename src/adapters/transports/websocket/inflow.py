"""What came over a WebSocket and was not read yet, handed out in pieces small enough for one turn of the event loop.

A system call brings up to a quarter of a megabyte: forty thousand frames, if they are small. Read at one go they would
hold up everybody else, so the frames are counted by their heads before anything looks into them. A connection has an
allowance that grows with time; what is beyond it waits, at last in the client.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_CONTROL: Final = 0b1000
_FINAL: Final = 0b1000_0000
_OPCODE: Final = 0b1111
_MASKED: Final = 0b1000_0000
_LENGTH: Final = 0b0111_1111
_LONG: Final = {126: 2, 127: 8}
"""How many more bytes hold the length, by what stands in its place."""


@dataclass(frozen=True, slots=True)
class InflowBounds:
    """What one connection may bring, in units: 100 messages, 1000 pieces of messages or 4 MiB a second."""

    units_per_second: float = 1000.0
    burst: float = 2000.0
    whole: float = 10.0
    """Of a message, and of a control frame: somebody has to answer it."""
    piece: float = 1.0
    """Of a piece of a message that is not its last."""
    bytes_per_unit: int = 4 << 10
    frames_per_turn: int = 32
    bytes_per_turn: int = 64 << 10


class Inflow:
    """The bytes of one connection. `clock` is in seconds."""

    def __init__(self, clock: Callable[[], float], bounds: InflowBounds | None = None) -> None:
        self._clock = clock
        self._bounds = bounds or InflowBounds()
        self._held = bytearray()
        self._left = 0  # of the payload of the frame that is being handed out
        self._ends_message = False
        self.unfinished = False
        """Whether a message has begun and what was handed out does not end it."""
        self._units = self._bounds.burst
        self._counted_at = clock()
        self.frames = 0
        """How many have begun."""

    def put(self, data: bytes) -> None:
        """Bytes have come."""
        self._held += data

    def clear(self) -> None:
        """Forgets what is held."""
        self._held.clear()

    @property
    def ready(self) -> bool:
        """Whether something can be handed out once there is allowance: more than a part of a frame's head."""
        return bool(self._held) and (self._left > 0 or _head(self._held, 0) is not None)

    def pause(self) -> float:
        """Seconds until there is allowance again; 0 when there is."""
        now = self._clock()
        earned = (now - self._counted_at) * self._bounds.units_per_second
        self._units, self._counted_at = min(self._bounds.burst, self._units + earned), now
        return 0.0 if self._units > 0 else (1 - self._units) / self._bounds.units_per_second

    def piece(self) -> bytes:
        """The bytes for one turn. It ends where a message ends, so that no message is read before the one ahead of it
        was taken. Empty when there is nothing, or no allowance.
        """
        if self.pause() > 0:
            return b""
        at, frames, most = 0, 0, min(len(self._held), self._bounds.bytes_per_turn)
        while at < most:
            if self._left == 0:
                head = _head(self._held, at)
                if head is None or frames == self._bounds.frames_per_turn or self._units <= 0:
                    break
                at += self._begin(head)
                frames += 1
            step = min(self._left, max(most - at, 0))
            at += step
            self._left -= step
            if self._left == 0 and self._ends_message:
                self.unfinished = False
                break
        taken = bytes(self._held[:at])
        del self._held[:at]
        return taken

    def _begin(self, head: "_Head") -> int:
        """A frame begins, and is paid for as a whole. The size of its head."""
        bounds = self._bounds
        self.frames += 1
        self._left, self._ends_message = head.length, head.final and not head.control
        self.unfinished = self.unfinished or not head.control
        self._units -= bounds.whole if head.final or head.control else bounds.piece
        self._units -= min(head.length / bounds.bytes_per_unit, bounds.burst)
        return head.size


@dataclass(frozen=True, slots=True)
class _Head:
    size: int
    length: int
    final: bool
    control: bool


def _head(data: bytearray, at: int) -> _Head | None:
    """The head of the frame that begins there (RFC 6455, 5.2); None when it is not whole yet."""
    if len(data) < at + 2:
        return None
    first, second = data[at], data[at + 1]
    short = second & _LENGTH
    more = _LONG.get(short, 0)
    size = 2 + more + (4 if second & _MASKED else 0)
    if len(data) < at + size:
        return None
    length = int.from_bytes(data[at + 2 : at + 2 + more], "big") if more else short
    return _Head(size, length, bool(first & _FINAL), bool(first & _OPCODE & _CONTROL))
