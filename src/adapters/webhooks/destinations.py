"""URLs that AION may be asked to call, read strictly: what parsers disagree about is refused, not guessed."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from urllib.parse import urlsplit

from aion.adapters.webhooks.addresses import Address
from aion.domain.errors import FieldViolation, WebhookUrlRefused

DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_PLAIN: Final = re.compile(r"[!-~]+")
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER: Final = re.compile(r"\d+|0x[0-9a-f]*")
_MOST_NAME: Final = 253


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a URL leads: `host` is a name in lower case, or the text of `literal`; `target` is path and query."""

    scheme: str
    host: str
    port: int
    target: str
    literal: Address | None = None

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if isinstance(self.literal, IPv6Address) else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def refused(why: str) -> WebhookUrlRefused:
    """The error for a URL that AION does not call."""
    return WebhookUrlRefused(f"url is refused: {why}", violations=(FieldViolation("url", why),))


def destination_of(url: str) -> Destination:
    """Reads a URL. Raises WebhookUrlRefused."""
    if not _PLAIN.fullmatch(url) or "\\" in url:
        raise refused("write it in plain ASCII without spaces or backslashes; names as xn--, paths percent-encoded")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise refused("it is no URL; write https://HOST/PATH") from None
    if parts.scheme not in DEFAULT_PORTS or not url.lower().startswith(f"{parts.scheme}://"):
        raise refused("its scheme must be https")
    if "@" in parts.netloc:
        raise refused("it must hold no user and no password; receivers verify the signature instead")
    if parts.fragment or "#" in url:
        raise refused("it must have no fragment; nothing after # is ever sent")
    host = (parts.hostname or "").lower()
    literal = _literal(parts.netloc, host)
    if literal is None and not is_name(host):
        raise refused("its host is neither a name of letters, digits, hyphens and dots nor an address as it is usual")
    if port is None:
        if parts.netloc.endswith(":"):
            raise refused("its port is empty; leave out the colon")
        port = DEFAULT_PORTS[parts.scheme]
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(parts.scheme, str(literal) if literal else host, port, target, literal)


def _literal(netloc: str, host: str) -> Address | None:
    try:
        if netloc.startswith("["):
            if "%" in host:
                raise refused("its address must have no zone")
            return IPv6Address(host)
        return IPv4Address(host)
    except ValueError:
        if netloc.startswith("["):
            raise refused("its IPv6 address cannot be read") from None
        return None


def is_name(host: str) -> bool:
    """Whether this is a name in lower case, and not a number: 127.1, 0x7f.1 and 2130706433 are addresses to some."""
    labels = host.split(".")
    return len(host) <= _MOST_NAME and all(map(_LABEL.fullmatch, labels)) and not _NUMBER.fullmatch(labels[-1])
