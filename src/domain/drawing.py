"""Which of several engines with weights a task gets: drawn by lot, and yet always the same for the same task.

Every engine gets a number from the task's identity and its own name (weighted rendezvous hashing); the best one wins.
So the shares are those of the weights, and a changed weight moves tasks only to or from the engine whose weight it is.
"""

import math
from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

_BYTES: Final = 8
_NUMBERS: Final = 2 ** (8 * _BYTES)


def drawn(lots: Mapping[str, int], draw: str) -> str:
    """The name among `lots`, of positive weights, that is drawn for `draw`; empty when there are none."""
    if len(lots) < 2:
        return next(iter(lots), "")
    return min(lots, key=lambda name: (_waits(name, draw) / lots[name], name))


def _waits(name: str, draw: str) -> float:
    """Exponentially distributed over the draws: whoever waits least in proportion to its weight is first."""
    number = int.from_bytes(blake2b(f"{draw}\n{name}".encode(), digest_size=_BYTES).digest())
    return -math.log((number + 0.5) / _NUMBERS)
