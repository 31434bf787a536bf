"""Events in pieces that fit into a message, and how far they have been written."""

from collections.abc import Iterator, Sequence
from typing import Final

from aion.domain.events import NewEvent

MOST_PIECE: Final = 1 << 20
"""Bytes of events in one message: with a result of a mebibyte they stay below what a server takes."""

_EVENT_BYTES: Final = 16
_MOST_BYTES_A_CHARACTER: Final = 4


def pieces(events: Sequence[NewEvent]) -> Iterator[tuple[NewEvent, ...]]:
    """The events in order; an event that alone is larger goes alone."""
    piece: list[NewEvent] = []
    size = 0
    for event in events:
        weight = _EVENT_BYTES + _size(event.text) + _size(event.data_json)
        if piece and size + weight > MOST_PIECE:
            yield tuple(piece)
            piece, size = [], 0
        piece.append(event)
        size += weight
    if piece:
        yield tuple(piece)


def _size(text: str) -> int:
    return len(text) if text.isascii() else _MOST_BYTES_A_CHARACTER * len(text)
