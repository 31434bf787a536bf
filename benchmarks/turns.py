"""Whose turn it is: what a machine does meanwhile, and what one subject leaves to the next, must meet all alike."""

from collections.abc import Sequence
from typing import TypeVar

Subject = TypeVar("Subject")


def rotated(subjects: Sequence[Subject], number: int) -> list[Subject]:
    """The subjects in the order of this round: each round begins with another one."""
    first = number % len(subjects) if subjects else 0
    return [*subjects[first:], *subjects[:first]]
