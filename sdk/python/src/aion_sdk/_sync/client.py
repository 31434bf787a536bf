# Written by sdk/python/sync_face.py from aion_sdk/_async/client.py. DO NOT EDIT!
"""The client: one channel to one server, and the resources behind it."""

from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self, Unpack

from aion_sdk._sync.calls import Calls
from aion_sdk._sync.catalog import Catalog
from aion_sdk._sync.schedules import Schedules
from aion_sdk._sync.server import Server
from aion_sdk._sync.tasks import Tasks
from aion_sdk._sync.tickets import Tickets
from aion_sdk._sync.webhooks import Webhooks
from aion_sdk._transport.blocking import Transport
from aion_sdk.connection import TLS, Connection
from aion_sdk.options import OptionChanges, Options, known


class Client:
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
        self._set_up(Transport(connection), connection, Options(**options))

    def with_options(self, **changes: Unpack[OptionChanges]) -> Self:
        """Return a client with other options over the same channel; closing either closes both."""
        known(changes, OptionChanges.__annotations__)
        other = self.__class__.__new__(self.__class__)
        other._set_up(self._transport, self._connection, replace(self.options, **changes))  # noqa: SLF001 - a client of its own class
        return other

    def close(self) -> None:
        """Close the channel; calls in flight are given up, accepted tasks go on."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _set_up(self, transport: Transport, connection: Connection, options: Options) -> None:
        self.options = options
        self._transport = transport
        self._connection = connection
        self._calls = Calls(transport, connection, options)
        self.tasks = Tasks(self._calls)
        self.schedules = Schedules(self._calls)
        self.webhooks = Webhooks(self._calls)
        self.tickets = Tickets(self._calls)
        self.catalog = Catalog(self._calls)
        self.server = Server(self._calls)
