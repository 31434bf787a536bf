"""Ids that sort by time (UUIDv7, RFC 9562), so that the newest rows lie together on disk."""

from datetime import datetime


def uuid7(now: datetime, random: bytes) -> str:
    """The UUIDv7 of `now` and ten random bytes, as text."""
    millis = int(now.timestamp() * 1000) & (1 << 48) - 1
    tail = int.from_bytes(random, "big")
    value = millis << 80 | 0x7 << 76 | (tail >> 64 & 0xFFF) << 64 | 0b10 << 62 | tail & (1 << 62) - 1
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
