"""Pages (AIP-158): of what a store lists behind a place, and of short lists that are held in memory."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from aion.domain.errors import PageTokenInvalid
from aion.domain.identity import Caller
from aion.ports.page_tokens import PageTokens

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 500

Item = TypeVar("Item")


def page_size_within(asked: int) -> int:
    """The page size for `asked`: 0 means the default, too many are clamped."""
    return min(asked or DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which page a caller wants of which list."""

    what: str
    caller: Caller
    size: int
    token: str

    @property
    def binding(self) -> str:
        """What its tokens belong to."""
        return f"{self.what}\n{self.caller.tenant}\n{self.caller.principal}"


@dataclass(frozen=True, slots=True)
class PagePlace:
    """A place in a list by time: the time in microseconds and the id of the last item that was seen."""

    time_us: int
    item_id: str

    @classmethod
    def at(cls, time: datetime, item_id: str) -> "PagePlace":
        """The place of an item."""
        return cls(round(time.timestamp() * 1_000_000), item_id)

    @classmethod
    def parse(cls, text: str) -> "PagePlace":
        """The place in an opened token. Raises PageTokenInvalid."""
        micros, _, item_id = text.partition("/")
        if not micros.isdigit():
            raise PageTokenInvalid("page_token is damaged; start again without one")
        return cls(int(micros), item_id)

    def __str__(self) -> str:
        return f"{self.time_us}/{self.item_id}"


async def page_by_time(
    found_after: Callable[[PagePlace | None, int], Awaitable[Sequence[Item]]],
    place: Callable[[Item], PagePlace],
    tokens: PageTokens,
    query: PageQuery,
) -> tuple[Sequence[Item], str]:
    """One page of what `found_after` finds behind a place, so many at most, and the token of the next page."""
    after = PagePlace.parse(tokens.open(query.binding, query.token)) if query.token else None
    limit = page_size_within(query.size)
    found = await found_after(after, limit + 1)
    page = found[:limit]
    return page, tokens.seal(query.binding, str(place(page[-1]))) if len(found) > limit else ""


def page_of(
    items: Sequence[Item], key: Callable[[Item], str], tokens: PageTokens, query: PageQuery
) -> tuple[Sequence[Item], str]:
    """One page of `items`, which are ordered by `key`, and the token of the next one."""
    after = tokens.open(query.binding, query.token) if query.token else ""
    rest = [item for item in items if key(item) > after]
    limit = page_size_within(query.size)
    page = rest[:limit]
    return page, tokens.seal(query.binding, key(page[-1])) if len(rest) > limit else ""
