"""Page tokens that only AION can make and that fit one query of one tenant (AIP-158)."""

from typing import Protocol


class PageTokens(Protocol):
    """Seals a position. `binding` says what the token belongs to: tenant, method, filter and order."""

    def seal(self, binding: str, position: str) -> str:
        """An opaque, URL-safe token."""
        ...

    def open(self, binding: str, token: str) -> str:
        """The position. Raises PageTokenInvalid for a token that is not ours, was changed, or has another binding."""
        ...
