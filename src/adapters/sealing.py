"""Texts that only this data directory can make, read and prove: AES-256-GCM, as one URL-safe word."""

import base64
import binascii
import hmac
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from aion.ports.clock import Entropy

_NONCE_BYTES = 12


class SealBroken(Exception):
    """The text was not sealed here, or not for this purpose, or was changed."""


class Seal:
    """Seals with a key that is derived from `secret` for one `purpose`, so that no text serves another purpose."""

    def __init__(self, secret: bytes, purpose: str, entropy: Entropy) -> None:
        self._cipher = AESGCM(hmac.new(secret, purpose.encode(), sha256).digest())
        self._entropy = entropy

    def seal(self, binding: str, text: str) -> str:
        """An opaque, URL-safe word that opens with the same binding only."""
        nonce = self._entropy.bytes(_NONCE_BYTES)
        return _encoded(nonce + self._cipher.encrypt(nonce, text.encode(), binding.encode()))

    def open(self, binding: str, word: str) -> str:
        """The text. Raises SealBroken."""
        try:
            sealed = _decoded(word)
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], binding.encode()).decode()
        except (InvalidTag, ValueError, binascii.Error) as cause:
            raise SealBroken from cause


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(word: str) -> bytes:
    """The bytes; only of the one spelling that they have: base64 itself passes over what is not of its alphabet."""
    data = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
    if _encoded(data) != word:
        raise ValueError("another spelling of base64")
    return data
