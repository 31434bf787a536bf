"""All chance of one simulated world comes from its seed, drawn in one order: the same seed makes the same world."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """Draws for one seed. Also the `Entropy` of every simulated process."""

    def __init__(self, seed: int | str) -> None:
        self._random = Random(seed)

    def happens(self, probability: float) -> bool:
        """Whether something of this probability happens now."""
        return self._random.random() < probability

    def between(self, least: float, most: float) -> float:
        """A number of a range, each as likely as the others."""
        return self._random.uniform(least, most)

    def after(self, mean: float) -> float:
        """The time to the next event of a kind that comes every `mean` seconds."""
        return self._random.expovariate(1 / mean)

    def whole(self, least: int, most: int) -> int:
        """A whole number of a range, both ends included."""
        return self._random.randint(least, most)

    def one_of(self, choices: Sequence[T]) -> T:
        """One of several."""
        return choices[int(self._random.random() * len(choices))]

    def weighted(self, choices: Mapping[T, float]) -> T:
        """One of several that are not equally likely."""
        return self._random.choices(tuple(choices), tuple(choices.values()))[0]

    def bytes(self, count: int) -> bytes:
        """Random bytes, for ids."""
        return self._random.randbytes(count)
