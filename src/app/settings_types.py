"""The types of settings: each reads one readable text and carries its unit.

No text has spaces or quotes, because shells, compose files and `docker --env-file` disagree on both.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, PlainSerializer

_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", re.ASCII)
_UNITS: Final = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_LONGEST: Final = timedelta(days=36_500)
"""A century: what is longer means for ever, and dates that far cannot be counted."""
_RATE: Final = re.compile(r"([1-9]\d*)/(s|min|h)(?:,burst=([1-9]\d*))?", re.ASCII)
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_ORIGIN_FORM: Final = (
    "write origins as SCHEME://HOST[:PORT] with http or https and no path, as in https://app.example.com"
)
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
    unit = _UNITS[match[2]]
    if float(match[1]) > _LONGEST / unit:
        raise ValueError(f"write a duration of at most {_LONGEST.days}d")
    return float(match[1]) * unit


def duration_text(value: timedelta) -> str:
    """The shortest text that reads back as `value`, to the millisecond."""
    for unit in reversed(_UNITS):
        if value % _UNITS[unit] == timedelta():
            return f"{value // _UNITS[unit]}{unit}"
    return f"{value / _UNITS['ms']:.0f}ms"


def parse_origin(text: str) -> str:
    """An origin as a browser writes it: scheme and host in lower case, no default port. Raises ValueError."""
    if text in ("*", "null"):
        raise ValueError(f"{text} stands for anybody, and every call carries a key: name each origin")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(_ORIGIN_FORM) from None
    if text.lower() not in (f"{parts.scheme}://{parts.netloc}".lower(), f"{parts.scheme}://{parts.netloc}/".lower()):
        raise ValueError(_ORIGIN_FORM)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc or "*" in parts.netloc:
        raise ValueError(_ORIGIN_FORM)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if not host.isascii():
        raise ValueError("write the host as browsers send it, in punycode (xn--)")
    return f"{parts.scheme}://{host}" + ("" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}")


def _listen(value: object) -> object:
    return Listen.parse(value) if isinstance(value, str) else value


def _rate(value: object) -> object:
    if isinstance(value, str):
        return None if value == "off" else Rate.parse(value)
    return value


def _duration(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


def _origins(value: object) -> object:
    if isinstance(value, str):
        return tuple(dict.fromkeys(parse_origin(one) for one in value.split(",") if one))
    return value


def _listed(value: object) -> object:
    return tuple(dict.fromkeys(one for one in value.split(",") if one)) if isinstance(value, str) else value


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta():
        raise ValueError("write a duration longer than zero")
    return value


ListenSetting = Annotated[Listen, BeforeValidator(_listen), PlainSerializer(str)]
RateSetting = Annotated[
    Rate | None, BeforeValidator(_rate), PlainSerializer(lambda rate: "off" if rate is None else str(rate))
]
OriginsSetting = Annotated[tuple[str, ...], BeforeValidator(_origins), PlainSerializer(",".join)]
ListSetting = Annotated[tuple[str, ...], BeforeValidator(_listed), PlainSerializer(",".join)]
Duration = Annotated[timedelta, BeforeValidator(_duration), AfterValidator(_positive), PlainSerializer(duration_text)]
