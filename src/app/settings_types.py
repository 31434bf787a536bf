"""The types of settings: each reads one readable text and carries its unit.

No text has spaces or quotes, because shells, compose files and `docker --env-file` disagree on both.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, PlainSerializer

_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_UNITS: Final = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_RATE: Final = re.compile(r"([1-9]\d*)/(s|min|h)(?:,burst=([1-9]\d*))?")
_PERIODS: Final = {"s": _UNITS["s"], "min": _UNITS["m"], "h": _UNITS["h"]}


@dataclass(frozen=True, slots=True)
class Listen:
    """Where a server listens: `HOST:PORT`, IPv6 in brackets; port 0 takes a free one."""

    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False  # another name: what it resolves to can change, so it counts as reachable

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> "Listen":
        """Reads `HOST:PORT`. Raises ValueError."""
        host, colon, port = text.rpartition(":")
        if host.startswith("[") and host.endswith("]"):
            host = host[1:-1]
        elif ":" in host:
            raise ValueError("write an IPv6 address in brackets, as in [::1]:8080")
        if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
            raise ValueError("write HOST:PORT with a port from 0 to 65535, as in 127.0.0.1:8080")
        return cls(host, int(port))


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something may happen: `count` times each `period`, and `burst` times at once after a rest."""

    count: int
    period: timedelta
    burst: int

    @property
    def every(self) -> timedelta:
        """How long one more takes to become free."""
        return self.period / self.count

    def __str__(self) -> str:
        name = next(name for name, period in _PERIODS.items() if period == self.period)
        return f"{self.count}/{name},burst={self.burst}"

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """Reads `COUNT/UNIT[,burst=COUNT]`; the burst is twice the count unless said. Raises ValueError."""
        match = _RATE.fullmatch(text)
        if match is None:
            raise ValueError("write COUNT/s, COUNT/min or COUNT/h, as in 60/min or 60/min,burst=120; or off")
        count = int(match[1])
        return cls(count, _PERIODS[match[2]], int(match[3]) if match[3] else 2 * count)


def parse_duration(text: str) -> timedelta:
    """Reads `500ms`, `10s`, `5m`, `24h`, `7d`. Raises ValueError."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError("write a number with its unit: ms, s, m, h or d, as in 10s")
    return float(match[1]) * _UNITS[match[2]]


def duration_text(value: timedelta) -> str:
    """The shortest text that reads back as `value`, to the millisecond."""
    for unit in reversed(_UNITS):
        if value % _UNITS[unit] == timedelta():
            return f"{value // _UNITS[unit]}{unit}"
    return f"{value / _UNITS['ms']:.0f}ms"


def _listen(value: object) -> object:
    return Listen.parse(value) if isinstance(value, str) else value


def _rate(value: object) -> object:
    if isinstance(value, str):
        return None if value == "off" else Rate.parse(value)
    return value


def _duration(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta():
        raise ValueError("write a duration longer than zero")
    return value


ListenSetting = Annotated[Listen, BeforeValidator(_listen), PlainSerializer(str)]
RateSetting = Annotated[
    Rate | None, BeforeValidator(_rate), PlainSerializer(lambda rate: "off" if rate is None else str(rate))
]
Duration = Annotated[timedelta, BeforeValidator(_duration), AfterValidator(_positive), PlainSerializer(duration_text)]
