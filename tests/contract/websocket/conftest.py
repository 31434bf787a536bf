"""The WebSocket over use cases that a test scripts, on a real port, with real keys and tickets."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from aion.adapters.clock import SystemClock, SystemEntropy
from aion.adapters.identity.api_keys import ApiKeyAuthenticator
from aion.adapters.identity.chain import AuthenticatorChain
from aion.adapters.identity.issue import issue_key
from aion.adapters.identity.memory_keys import MemoryApiKeyStore
from aion.adapters.identity.tickets import SealedTickets, TicketAuthenticator
from aion.adapters.limits.token_bucket import Unlimited
from aion.adapters.rpc.handlers import handlers
from aion.adapters.rpc.pipeline import Pipeline, PipelineParts
from aion.adapters.rpc.streams import StreamTimes
from aion.adapters.transports.http.origins import Origins
from aion.adapters.transports.web.server import HttpSettings, http_server
from aion.adapters.transports.websocket.connection import SocketBounds, SocketParts, SocketTimes, unbounded
from aion.adapters.transports.websocket.endpoint import WebSocketEndpoint
from aion.app.usecases.create_ticket import CreateTicket
from aion.domain.identity import ALL_SCOPES, Caller
from aion.ports.usecases import TicketWish
from tests.contract.rest.scripted import Observer, Script
from tests.e2e.socket_faces import Socket, open_socket
from tests.manual_clock import CountingEntropy, ManualClock

PEPPER = b"p" * 32
PAGE = "https://page.example"
"""The one origin whose pages may call."""


@dataclass
class Gate:
    """Who may call: keys in memory, and the tickets that they lend."""

    clock: ManualClock = field(default_factory=ManualClock)
    keys: MemoryApiKeyStore = field(default_factory=MemoryApiKeyStore)
    entropy: CountingEntropy = field(default_factory=CountingEntropy)

    def __post_init__(self) -> None:
        self._by_key = ApiKeyAuthenticator(self.keys, PEPPER, self.clock)
        self._tickets = SealedTickets.of(b"s" * 32, self.entropy)
        by_ticket = TicketAuthenticator(self._tickets, [self._by_key], self.clock)
        self.authenticator = AuthenticatorChain([by_ticket, self._by_key])

    def key(self, scopes: frozenset[str] = ALL_SCOPES, tenant: str = "acme") -> str:
        """The text of a new key."""
        return issue_key(
            self.keys, self.clock, self.entropy, PEPPER, tenant=tenant, principal="svc", scopes=scopes, expire_time=None
        )[1]

    async def ticket(self, key: str, **wish: Any) -> str:
        """A ticket of the key."""
        identity = self._by_key.standing(f"key:{key[5:22]}")
        assert identity is not None
        made = await CreateTicket(self._tickets, self.clock)(Caller(identity, "r"), TicketWish(**wish))
        return made.text

    def revoke(self, key: str) -> None:
        """From now on the key proves nobody; a proof may still be remembered."""
        assert self.keys.revoke("acme", key[5:22], self.clock.now())


@dataclass
class Stage:
    """A server and who may call it."""

    script: Script
    observer: Observer
    pipeline: Pipeline
    gate: Gate
    url: str
    connections: Collection[Any]

    @asynccontextmanager
    async def socket(self, key: str | None = None, **options: Any) -> AsyncIterator[Socket]:
        """A connection; of a key with all scopes unless said otherwise. `key=""` proves nothing."""
        key = self.gate.key() if key is None else key
        headers = {"authorization": f"Bearer {key}"} if key else {}
        async with open_socket(self.url, {**headers, **options.pop("headers", {})}, **options) as socket:
            yield socket


@asynccontextmanager
async def a_stage(script: Script | None = None, **parts: Any) -> AsyncIterator[Stage]:
    """A server over a script. `look`: seconds between two looks at the credentials of a stream."""
    script, observer, gate = script or Script(), Observer(), Gate()
    pipeline = Pipeline(
        handlers(script.use_cases()),
        PipelineParts(
            authenticator=gate.authenticator,
            key_limit=parts.get("key_limit", Unlimited()),
            peer_limit=parts.get("peer_limit", Unlimited()),
            clock=SystemClock(),
            entropy=SystemEntropy(),
            observer=observer,
            times=StreamTimes(parts.get("look", 3.0), parts.get("reader", 30.0)),
        ),
    )
    endpoint = WebSocketEndpoint(
        SocketParts(
            pipeline,
            Origins.of([PAGE]),
            parts.get("places", unbounded),
            parts.get("times", SocketTimes()),
            parts.get("bounds", SocketBounds()),
        )
    )
    tls = parts.get("tls", (None, None))
    settings = HttpSettings("127.0.0.1", 0, *tls, max_connections=parts.get("connections", 100))
    async with http_server(settings, endpoint, lambda: parts.get("grace", 1.0)) as server:
        yield Stage(script, observer, pipeline, gate, f"ws://127.0.0.1:{server.port}", server.patrol.connections)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[Stage]:
    """One server for the tests of a module: to start and stop one takes longer than most of them."""
    async with a_stage() as made:
        yield made


@pytest.fixture
def stage(server: Stage) -> Stage:
    """The server, as if nothing had happened to it."""
    vars(server.script).update(vars(Script()))
    vars(server.observer).update(vars(Observer()))
    server.pipeline._draining = server.pipeline._ending = False
    return server
