"""The client: one channel to one server, and the resources behind it."""

from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self, Unpack

from aion_sdk._async.calls import AsyncCalls
from aion_sdk._async.catalog import AsyncCatalog
from aion_sdk._async.schedules import AsyncSchedules
from aion_sdk._async.server import AsyncServer
from aion_sdk._async.tasks import AsyncTasks
from aion_sdk._async.tickets import AsyncTickets
from aion_sdk._async.webhooks import AsyncWebhooks
from aion_sdk._transport.aio import AsyncTransport
from aion_sdk.connection import TLS, Connection
from aion_sdk.options import OptionChanges, Options, known


class AsyncClient:
    """A client of one AION server; close it, or use it as a context manager.

    `server` is host:port, `https://host:port`, or AION_SERVER; `api_key` or AION_API_KEY; `tls` or AION_CLIENT_CA,
    AION_CLIENT_CERT and AION_CLIENT_KEY. These variables are read from `environ`, this process's own by default; {} is
    none of them. An API key goes over plaintext to this machine only, unless `insecure`. See Options for the rest.
    Raises ConfigurationError.
    """

    def __init__(
        self,
        server: str | None = None,
        *,
        api_key: str | None = None,
        tls: TLS | None = None,
        insecure: bool = False,
        environ: Mapping[str, str] | None = None,
        **options: Unpack[OptionChanges],
    ) -> None:
        beside = ("server", "api_key", "tls", "insecure", "environ")
        known(options, (*OptionChanges.__annotations__, *beside))
        connection = Connection.resolve(server, api_key=api_key, tls=tls, insecure=insecure, environ=environ)
        self._set_up(AsyncTransport(connection), connection, Options(**options))

    def with_options(self, **changes: Unpack[OptionChanges]) -> Self:
        """Return a client with other options over the same channel; closing either closes both."""
        known(changes, OptionChanges.__annotations__)
        other = self.__class__.__new__(self.__class__)
        other._set_up(self._transport, self._connection, replace(self.options, **changes))  # noqa: SLF001 - a client of its own class
        return other

    async def close(self) -> None:
        """Close the channel; calls in flight are given up, accepted tasks go on."""
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _set_up(self, transport: AsyncTransport, connection: Connection, options: Options) -> None:
        self.options = options
        self._transport = transport
        self._connection = connection
        self._calls = AsyncCalls(transport, connection, options)
        self.tasks = AsyncTasks(self._calls)
        self.schedules = AsyncSchedules(self._calls)
        self.webhooks = AsyncWebhooks(self._calls)
        self.tickets = AsyncTickets(self._calls)
        self.catalog = AsyncCatalog(self._calls)
        self.server = AsyncServer(self._calls)
