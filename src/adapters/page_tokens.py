"""Page tokens sealed with a key of this data directory: a client can neither read, forge nor lend them."""

import base64
import binascii
import hmac
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from aion.domain.errors import FieldViolation, PageTokenInvalid
from aion.ports.clock import Entropy
from aion.ports.page_tokens import PageTokens

_NONCE_BYTES = 12


class SealedPageTokens:
    """AES-256-GCM over the position, with the binding as associated data."""

    def __init__(self, secret: bytes, entropy: Entropy) -> None:
        self._cipher = AESGCM(hmac.new(secret, b"aion page tokens", sha256).digest())
        self._entropy = entropy

    def seal(self, binding: str, position: str) -> str:
        """An opaque, URL-safe token."""
        nonce = self._entropy.bytes(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, position.encode(), binding.encode())
        return _encoded(sealed)

    def open(self, binding: str, token: str) -> str:
        """The position, if this token was sealed here for this binding."""
        try:
            sealed = _decoded(token)
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], binding.encode()).decode()
        except (InvalidTag, ValueError, binascii.Error) as cause:
            raise PageTokenInvalid(
                "page_token is not one of this list; leave it out to start again, and keep tenant, filter and order",
                violations=(FieldViolation("page_token", "must be the next_page_token of the same query"),),
            ) from cause


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(token: str) -> bytes:
    """The bytes; only of the one spelling that they have: base64 itself passes over what is not of its alphabet."""
    data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    if _encoded(data) != token:
        raise ValueError("another spelling of base64")
    return data


if TYPE_CHECKING:
    _: type[PageTokens] = SealedPageTokens
