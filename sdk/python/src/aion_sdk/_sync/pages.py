# Written by sdk/python/sync_face.py from aion_sdk/_async/pages.py. DO NOT EDIT!
"""Lists that page by themselves."""

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from aion_sdk.options import whole
from aion_sdk.paging import Page

Item = TypeVar("Item")


class Fetch(Protocol[Item]):
    """The call that reads one page."""

    def __call__(self, page_token: str) -> Page[Item]:
        """Read the page of a token; the first one has none."""


class Pages(Generic[Item]):
    """Iterate over it for every item, page after page; nothing is read before the first one is asked for.

    It can be iterated over again, and then reads again. `page` reads one page, for those who show one at a time.
    """

    def __init__(self, fetch: Fetch[Item], limit: int | None = None) -> None:
        self._fetch = fetch
        if limit is not None:
            whole("limit", limit)
        self._limit = limit

    def __iter__(self) -> Iterator[Item]:
        return self._items()

    def page(self, page_token: str = "") -> Page[Item]:
        """Read one page: the first one, or the one that `next_page_token` of the page before names."""
        return self._fetch(page_token)

    def _items(self) -> Iterator[Item]:
        token, seen = "", 0
        while self._limit is None or seen < self._limit:
            page = self._fetch(token)
            for item in page.items:
                if seen == self._limit:
                    return
                seen += 1
                yield item
            token = page.next_page_token
            if not token:
                return
