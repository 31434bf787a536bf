"""Makes one call to a receiver over HTTP/1.1.

The URL that goes to the library holds the address that the guard has checked, so that nothing resolves the name again
between check and connect; the name itself is what TLS proves and what the Host header says. The library is the one
beneath HTTP clients: it follows no redirect, keeps no cookie and reads no proxy from the environment.
"""

import asyncio
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Final

import httpcore2

from aion.adapters.webhooks.addresses import Address
from aion.adapters.webhooks.connections import SaidTooMuch, bounded_connections
from aion.adapters.webhooks.destinations import Destination
from aion.adapters.webhooks.guard import AddressGuard
from aion.domain.errors import TooManyWaiters, WebhookUrlRefused
from aion.domain.webhooks import MOST_ERROR, AttemptReport
from aion.ports.clock import Clock
from aion.ports.webhooks import WebhookSender

WHOLE_SECONDS: Final = 10.0
CONNECT_SECONDS: Final = 4.0
_READ_BYTES: Final = 512
"""How much of an answer is looked at, when it is no success: a receiver is asked for a status, not for a text."""

_BROKEN: Final = (
    httpcore2.NetworkError,
    httpcore2.TimeoutException,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
)


class HttpWebhookSender:
    """A new connection for each attempt: what was checked for one is never used for another."""

    def __init__(
        self,
        guard: AddressGuard,
        clock: Clock,
        context: ssl.SSLContext | None = None,
        seconds: float = WHOLE_SECONDS,
    ) -> None:
        self._guard = guard
        self._clock = clock
        self._seconds = seconds
        self._connections = bounded_connections(context or ssl.create_default_context())

    async def send(self, tenant: str, url: str, headers: Mapping[str, str], body: bytes) -> AttemptReport:
        """What came of it."""
        try:
            async with asyncio.timeout(self._seconds):
                checked = await self._guard.checked(tenant, url)
                return await self._send(checked.destination, checked.addresses, headers, body)
        except WebhookUrlRefused as refusal:
            return AttemptReport(error=refusal.message)
        except TooManyWaiters as busy:
            return AttemptReport(error=busy.message, postponed=True)
        except TimeoutError:
            return AttemptReport(error=f"no answer within {self._seconds:g} s")
        except (*_BROKEN, ssl.SSLError, OSError) as broken:
            return AttemptReport(error=_what(broken))

    async def close(self) -> None:
        """Lets go of connections."""
        await self._connections.aclose()

    async def _send(
        self, destination: Destination, addresses: tuple[Address, ...], headers: Mapping[str, str], body: bytes
    ) -> AttemptReport:
        *first, last = addresses
        for address in first:
            try:
                return await self._call(destination, address, headers, body)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue  # nothing was sent: the next address may answer
        return await self._call(destination, last, headers, body)

    async def _call(
        self, destination: Destination, address: Address, headers: Mapping[str, str], body: bytes
    ) -> AttemptReport:
        said = {**headers, "host": destination.authority, "connection": "close", "content-length": str(len(body))}
        request = httpcore2.Request(
            "POST",
            pinned_url(destination, address),
            headers=[(name.encode(), value.encode()) for name, value in said.items()],
            content=body,
            extensions={
                "sni_hostname": destination.host,
                "timeout": {
                    "connect": CONNECT_SECONDS,
                    "read": self._seconds,
                    "write": self._seconds,
                    "pool": self._seconds,
                },
            },
        )
        response = await self._connections.handle_async_request(request)
        try:
            return await self._report(response)
        finally:
            await response.aclose()

    async def _report(self, response: httpcore2.Response) -> AttemptReport:
        status = response.status
        if 200 <= status <= 299:
            return AttemptReport(status)
        said = await _beginning(response)
        error = f"HTTP {status}" + (" (redirects are not followed)" if 300 <= status <= 399 else "")
        return AttemptReport(
            status,
            (f"{error}: {said}" if said else error)[:MOST_ERROR],
            _retry_after(_header(response, b"retry-after"), self._clock.now()),
        )


def pinned_url(destination: Destination, address: Address) -> str:
    """The URL with the checked address instead of the name."""
    host = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
    return f"{destination.scheme}://{host}:{destination.port}{destination.target}"


async def _beginning(response: httpcore2.Response) -> str:
    """The first printable characters of an answer, for people; how it was compressed does not matter."""
    data = b""
    async for chunk in response.aiter_stream():
        data += chunk
        if len(data) >= _READ_BYTES:
            break
    text = data[:_READ_BYTES].decode("utf-8", "replace")
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _header(response: httpcore2.Response, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in response.headers if name.lower() == wanted), "")


def _retry_after(value: str, now: datetime) -> timedelta | None:
    """Seconds or a date (RFC 9110, 10.2.3); what cannot be read asks for nothing."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value[:9]), 10**8))
    try:
        until = parsedate_to_datetime(value)
        aware = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
        return max(aware - now, timedelta())
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def _what(broken: Exception) -> str:
    """What went wrong with a connection, without an address: the name may be the tenant's, its address is ours."""
    cause: BaseException | None = broken
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate was not accepted: {cause.verify_message}"[:MOST_ERROR]
        if isinstance(cause, ssl.SSLError):
            return "TLS failed: is this an HTTPS server?"
        cause = cause.__cause__ or cause.__context__
    if isinstance(broken, httpcore2.ConnectError | httpcore2.ConnectTimeout):
        return "no connection could be made"
    if isinstance(broken, httpcore2.TimeoutException):
        return "no answer in time"
    if isinstance(broken, SaidTooMuch):
        return str(broken)
    return f"the connection broke: {type(broken).__name__}"


if TYPE_CHECKING:
    _: type[WebhookSender] = HttpWebhookSender
