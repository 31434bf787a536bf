"""The errors of the domain, and an instance of each."""

from collections.abc import Iterator

import aion.adapters.transports.http.problems  # noqa: F401 # brings the refusals of HTTP into the tree
from aion.domain.errors import AionError


def tree(root: type[AionError] = AionError) -> Iterator[type[AionError]]:
    """Every class below `root`."""
    for child in root.__subclasses__():
        yield child
        yield from tree(child)


def concrete() -> list[type[AionError]]:
    """The errors that are raised: those with a reason."""
    return sorted({error for error in tree() if hasattr(error, "reason")}, key=lambda error: error.__name__)


def made(error: type[AionError], **facts) -> AionError:
    """An instance, past constructors of its own."""
    instance = error.__new__(error)
    AionError.__init__(instance, "what is wrong and what to do", **facts)
    return instance
