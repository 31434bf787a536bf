"""Enums of the public face whose words a caller may write: a wrong one is answered with those that there are."""

from enum import StrEnum
from typing import NoReturn


class Word(StrEnum):
    """A word of a list. UNKNOWN, where there is one, is for answers of newer servers only."""

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        words = ", ".join(word.value for word in cls if word.name != "UNKNOWN")
        raise ValueError(f"{value!r} is no {cls.__name__}; there are {words}")
