"""How a call ends: with an answer, or refused."""

from typing import NamedTuple

from google.protobuf.message import Message

from aion.adapters.rpc.call import Marks
from aion.domain.errors import AionError


class Answer(NamedTuple):
    """A message and what goes into its headers."""

    message: Message
    marks: Marks


class Refused(Exception):
    """A call that ended with an error of the tree, and the marks that its wire form carries."""

    def __init__(self, error: AionError, marks: Marks) -> None:
        super().__init__(error.message)
        self.error = error
        self.marks = marks
