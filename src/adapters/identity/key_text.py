"""The text of an API key: `aion_<key id>_<secret><checksum>`.

The fixed prefix and the checksum let secret scanners find a leaked key without a false alarm, and let AION
refuse a typing error without asking the store. The key id is public: it is what logs and `aion keys list`
show.
"""

import re
from dataclasses import dataclass, field
from typing import Final
from zlib import crc32

PREFIX: Final = "aion_"
KEY_ID_BYTES: Final = 12
SECRET_BYTES: Final = 32

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_KEY_ID_LENGTH: Final = 17
_SECRET_LENGTH: Final = 43
_CHECKSUM_LENGTH: Final = 6
LENGTH: Final = len(PREFIX) + _KEY_ID_LENGTH + 1 + _SECRET_LENGTH + _CHECKSUM_LENGTH
_KEY_ID_END: Final = len(PREFIX) + _KEY_ID_LENGTH
_SHAPE: Final = re.compile(
    rf"{PREFIX}[0-9A-Za-z]{{{_KEY_ID_LENGTH}}}_[0-9A-Za-z]{{{_SECRET_LENGTH + _CHECKSUM_LENGTH}}}"
)


@dataclass(frozen=True, slots=True)
class PlainKey:
    """A key as its owner holds it. Its `repr` does not show the secret; it is never stored or logged."""

    key_id: str
    text: str = field(repr=False)


def make(key_id_bytes: bytes, secret: bytes) -> PlainKey:
    """The key of these random bytes. Raises ValueError when there are too few."""
    if len(key_id_bytes) != KEY_ID_BYTES or len(secret) != SECRET_BYTES:
        raise ValueError(f"a key needs {KEY_ID_BYTES} bytes for its id and {SECRET_BYTES} for its secret")
    key_id = _base62(key_id_bytes, _KEY_ID_LENGTH)
    body = f"{PREFIX}{key_id}_{_base62(secret, _SECRET_LENGTH)}"
    return PlainKey(key_id, body + _checksum(body))


def public_part(text: str) -> str:
    """What stands where a key has its public id, also in a text that is no key."""
    return text[len(PREFIX) : _KEY_ID_END]


def is_genuine(text: str) -> bool:
    """Whether AION could have issued this text: shape and checksum, which prove nothing."""
    return _SHAPE.fullmatch(text) is not None and _checksum(text[:-_CHECKSUM_LENGTH]) == text[-_CHECKSUM_LENGTH:]


def _checksum(body: str) -> str:
    return _base62(crc32(body.encode()).to_bytes(4, "big"), _CHECKSUM_LENGTH)


def _base62(data: bytes, length: int) -> str:
    number = int.from_bytes(data, "big")
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
