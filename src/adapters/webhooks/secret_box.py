"""Secrets of webhooks at rest: sealed with a key of this data directory, bound to what they belong to."""

import base64
from typing import TYPE_CHECKING

from aion.adapters.sealing import Seal, SealBroken
from aion.ports.clock import Entropy
from aion.ports.webhooks import SecretBox, SecretUnreadable


class SealedSecretBox:
    """The database alone tells nobody a secret: the key comes from a file beside it."""

    def __init__(self, secret: bytes, entropy: Entropy) -> None:
        self._seal = Seal(secret, "aion webhook secrets", entropy)

    def seal(self, binding: str, secret: bytes) -> bytes:
        """The sealed secret."""
        return self._seal.seal(binding, base64.b64encode(secret).decode()).encode()

    def open(self, binding: str, sealed: bytes) -> bytes:
        """The secret, if it was sealed here for this binding."""
        try:
            return base64.b64decode(self._seal.open(binding, sealed.decode()))
        except (SealBroken, UnicodeDecodeError) as cause:
            raise SecretUnreadable("a webhook's secret was sealed with another key") from cause


if TYPE_CHECKING:
    _: type[SecretBox] = SealedSecretBox
