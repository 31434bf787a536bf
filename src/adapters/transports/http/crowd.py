"""How many connections a server holds open, and which one goes when one more comes: whoever connects and says nothing
takes nobody else's place.
"""

from collections import OrderedDict
from typing import Protocol


class Visitor(Protocol):
    """A connection. `extra`: it came while all places were taken by those that are served."""

    extra: bool

    def make_room(self) -> None:
        """It goes."""
        ...

    def takes_its_answer(self) -> bool:
        """Whether an answer is still on its way."""
        ...


class Crowd:
    """The connections of one server for which nothing is done. `most` of all have a place; `spare` more are there while
    the others are served, so that probes are answered, and refusals that say why.
    """

    def __init__(self, most: int, spare: int = 0) -> None:
        self.most = most
        self.all = most + spare
        self._waiting: OrderedDict[Visitor, None] = OrderedDict()
        """Those that were silent longest first."""

    def waits(self, visitor: Visitor) -> None:
        """It is its client's turn, which was heard of or answered just now."""
        self._waiting[visitor] = None
        self._waiting.move_to_end(visitor)

    def left(self, visitor: Visitor) -> None:
        """It is served, or gone."""
        self._waiting.pop(visitor, None)

    def longest_silent(self, *, extra: bool = False) -> Visitor | None:
        """Who may go, of those that have a place or of the `extra` ones; None while they are served, or take what they
        asked for.
        """
        silent = (visitor for visitor in self._waiting if visitor.extra == extra and not visitor.takes_its_answer())
        return next(silent, None)
