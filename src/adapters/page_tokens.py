"""Page tokens sealed with a key of this data directory: a client can neither read, forge nor lend them."""

from typing import TYPE_CHECKING

from aion.adapters.sealing import Seal, SealBroken
from aion.domain.errors import FieldViolation, PageTokenInvalid
from aion.ports.clock import Entropy
from aion.ports.page_tokens import PageTokens


class SealedPageTokens:
    """The position is sealed, the binding is what it is sealed for."""

    def __init__(self, secret: bytes, entropy: Entropy) -> None:
        self._seal = Seal(secret, "aion page tokens", entropy)

    def seal(self, binding: str, position: str) -> str:
        """An opaque, URL-safe token."""
        return self._seal.seal(binding, position)

    def open(self, binding: str, token: str) -> str:
        """The position, if this token was sealed here for this binding."""
        try:
            return self._seal.open(binding, token)
        except SealBroken as cause:
            raise PageTokenInvalid(
                "page_token is not one of this list; leave it out to start again, and keep tenant, filter and order",
                violations=(FieldViolation("page_token", "must be the next_page_token of the same query"),),
            ) from cause


if TYPE_CHECKING:
    _: type[PageTokens] = SealedPageTokens
