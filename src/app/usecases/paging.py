"""Page sizes, and pages over short lists that are held in memory (AIP-158)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

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


def page_of(
    items: Sequence[Item], key: Callable[[Item], str], tokens: PageTokens, query: PageQuery
) -> tuple[Sequence[Item], str]:
    """One page of `items`, which are ordered by `key`, and the token of the next one."""
    after = tokens.open(query.binding, query.token) if query.token else ""
    rest = [item for item in items if key(item) > after]
    limit = page_size_within(query.size)
    page = rest[:limit]
    return page, tokens.seal(query.binding, key(page[-1])) if len(rest) > limit else ""
