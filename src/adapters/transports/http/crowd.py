"""How many connections a server holds open, and which one goes when one more comes: whoever connects and says nothing
takes nobody else's place.
"""

from collections import OrderedDict
from typing import Protocol


class Visitor(Protocol):
    """A connection that has its place as long as it is heard of."""

    def waits_for_client(self) -> bool:
        """Whether nothing is being done for it."""
        ...


class Crowd:
    """The connections of one server. `most` have a place; `spare` more are there while all the others are served, so
    that probes are answered, and refusals that say why.
    """

    def __init__(self, most: int, spare: int = 0) -> None:
        self.most = most
        self.all = most + spare
        self._silent: OrderedDict[Visitor, None] = OrderedDict()
        """Those that were silent longest first, or for which something was done when they were last looked at."""

    def heard(self, visitor: Visitor) -> None:
        """It said something, to begin with by coming."""
        self._silent[visitor] = None
        self._silent.move_to_end(visitor)

    def left(self, visitor: Visitor) -> None:
        """It is gone, or becomes something else."""
        self._silent.pop(visitor, None)

    def longest_silent(self) -> Visitor | None:
        """Who may go, None while all are served. What is not, and came before it, is looked at again after the others:
        a crowd of which much is served is not gone through for each that comes.
        """
        for _ in range(len(self._silent)):
            visitor = next(iter(self._silent))
            if visitor.waits_for_client():
                return visitor
            self._silent.move_to_end(visitor)
        return None
