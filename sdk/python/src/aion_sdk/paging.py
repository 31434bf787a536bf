"""One page of a list; the lists themselves page by themselves while they are iterated over."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A part of a list in its order; an empty `next_page_token` says that it is the last one."""

    items: tuple[Item, ...]
    next_page_token: str = ""
