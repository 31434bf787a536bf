"""What of a refusal travels: as much as fits into HTTP/2 trailers, of which clients of gRPC take 8 KiB.

A client's gRPC throws longer trailers away and speaks of their length instead of what they said. So room is counted in
bytes as they go over the wire, and cut here, once: whichever transport carries a refusal, it says the same.
"""

from bisect import bisect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import accumulate

from aion.domain.errors import MOST_VIOLATIONS, AionError, FieldViolation

MESSAGE_ROOM = 1024
"""Bytes of the message where it takes most of them: percent-encoded, as `grpc-message`."""

DETAILS_ROOM = 3072
"""Bytes of all violations and facts, of which facts take half at most. They travel in base64, the message once more
among them, beside marks and types that take 1 KiB.
"""

TEXT_ROOM = 256
"""Bytes of a violation's field, and of its description: a refusal quotes no request at length."""

_PLAIN = bytes(set(range(0x20, 0x7F)) - {ord("%")})
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is told of an error."""

    message: str
    violations: tuple[FieldViolation, ...]
    facts: dict[str, str]


def excerpt(error: AionError) -> Excerpt:
    """The error as it travels. Facts, which programs read, take their room before violations."""
    facts = list(error.facts.items())[:MOST_VIOLATIONS]
    told = _fitting([text for fact in facts for text in fact], DETAILS_ROOM // 2, DETAILS_ROOM // 2)
    room = DETAILS_ROOM - sum(map(_size, told))
    violations = error.violations[:MOST_VIOLATIONS]
    named = _fitting([text for one in violations for text in (one.field, one.description)], room, TEXT_ROOM)
    return Excerpt(
        message=_cut(error.message, MESSAGE_ROOM, _percent_encoded_size),
        violations=tuple(map(FieldViolation, named[::2], named[1::2])),
        facts=dict(zip(told[::2], told[1::2], strict=True)),
    )


def _fitting(texts: list[str], room: int, each: int) -> list[str]:
    """The texts, none of them larger than `each`. If they are larger than `room` together, those that are longest are
    cut to one size.
    """
    most = each
    for before, size in enumerate(sorted(min(_size(text[: each + 1]), each) for text in texts)):
        share = room // (len(texts) - before)
        if size > share:
            most = share
            break
        room -= size
    return [_cut(text, most, _size) for text in texts]


def _cut(text: str, room: int, size: Callable[[str], int]) -> str:
    """The text or, if it is larger than the room, whole characters of its beginning and an ellipsis."""
    head = text[: room + 1]  # a character takes a byte at least
    if size(head) <= room:
        return text
    ends: Iterable[int] = accumulate(map(size, head))
    return text[: bisect(list(ends), room - size(_ELLIPSIS))] + _ELLIPSIS


def _size(text: str) -> int:
    return len(text.encode())


def _percent_encoded_size(text: str) -> int:
    data = text.encode()
    return len(data) + 2 * len(data.translate(None, _PLAIN))
