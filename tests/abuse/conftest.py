"""The servers that are attacked, in plain text and with TLS, and an innocent caller of each."""

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import httpx2
import pytest

from tests.abuse.victim import Victim
from tests.e2e.callers import Caller, callers_of
from tests.e2e.catalogue import write_small_catalogue
from tests.e2e.certificates import Authority
from tests.e2e.faces import TIMEOUT, GrpcFace, RestFace
from tests.e2e.processes import Running, running

TENANT = "innocents"


@pytest.fixture(scope="session")
def exposed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server without rate limits: what they would keep away comes through."""
    folder: Path = tmp_path_factory.mktemp("exposed")
    with running(folder, *write_small_catalogue(folder)) as ready:
        yield ready


@asynccontextmanager
async def victim_of(server: Running) -> AsyncIterator[Victim]:
    """The server, and a caller whose task is done."""
    async with callers_of(server) as make:
        caller = make(tenant=TENANT)
        task = await caller.submit(wait=30)
        yield Victim(server, caller, task["task_id"], server.key("attackers"))


@pytest.fixture
async def victim(exposed: Running) -> AsyncIterator[Victim]:
    """The server in plain text."""
    async with victim_of(exposed) as ready:
        yield ready


@pytest.fixture(scope="session")
def fortress(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Authority]]:
    """A server that speaks TLS on both ports, and who signed its certificate."""
    folder: Path = tmp_path_factory.mktemp("fortress")
    authority = Authority("aion test authority")
    cert, key = authority.server().write(folder, "server")
    tls = {"AION_TLS_CERT": str(cert), "AION_TLS_KEY": str(key)}
    with running(folder, *write_small_catalogue(folder), **tls) as ready:
        yield ready, authority


@pytest.fixture
async def secured(fortress: tuple[Running, Authority]) -> AsyncIterator[Victim]:
    """The server with TLS."""
    server, authority = fortress
    trust = ssl.create_default_context(cadata=authority.cert.decode())
    headers = {"authorization": f"Bearer {server.key(TENANT)}"}
    async with (
        grpc.aio.secure_channel(server.grpc, grpc.ssl_channel_credentials(authority.cert)) as channel,
        httpx2.AsyncClient(base_url=f"https://{server.http}", timeout=TIMEOUT, verify=trust) as client,
    ):
        caller = Caller(TENANT, GrpcFace(channel, headers), RestFace(client, headers))
        task = await caller.submit(wait=30)
        yield Victim(server, caller, task["task_id"], server.key("attackers"), authority.cert)
