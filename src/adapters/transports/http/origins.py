"""Which pages of other origins may call AION from a browser: the operator's list, and nothing else.

CORS and the Origin check of the WebSocket ask the same object. An origin is compared as a browser writes it (RFC 6454),
by equality: no patterns, no suffixes, no `*`, no `null`.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origins:
    """The pages that may read AION's answers. Empty: no page of another origin."""

    allowed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, origins: Iterable[str]) -> "Origins":
        """A list of origins, each as a browser writes it, such as `https://app.example.com`."""
        return cls(frozenset(origins))

    def allow(self, origin: str) -> bool:
        """Whether a page of `origin` may read answers by CORS."""
        return origin in self.allowed

    def admit(self, origin: str, host: str, *, secure: bool) -> bool:
        """Whether a handshake with this Origin may go on: its page is AION's own (`host` is the Host header, `secure`
        whether the connection is TLS) or is in the list. A WebSocket knows no CORS, so the server must ask.
        """
        scheme = "https" if secure else "http"
        return origin.lower() == f"{scheme}://{host}".lower() or self.allow(origin)
