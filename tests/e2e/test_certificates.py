"""mTLS: who a client is comes from its certificate, and only from one that the operator's authority signed."""

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
import httpx2
import pytest
from cryptography import x509

from tests.e2e.answers import Refused
from tests.e2e.callers import task_request
from tests.e2e.catalogue import write_small_catalogue
from tests.e2e.certificates import Authority, Identity
from tests.e2e.faces import BY_NAME, GrpcFace
from tests.e2e.processes import Running, new_tenant, serving

INFO, SUBMIT = BY_NAME["GetServerInfo"], BY_NAME["Submit"]
SPIFFE, DNS = "spiffe://example.org/billing", "batch.example.org"
PRINCIPALS = f"""\
principals:
  - {{san: "{SPIFFE}", tenant: acme, principal: billing, scopes: [tasks:read, tasks:write, "intent:*:run"]}}
  - {{san: {DNS}, tenant: globex, principal: batch, scopes: [server:read]}}
"""


@dataclass(frozen=True)
class Secured:
    """A server with mTLS, and its authority."""

    server: Running
    authority: Authority


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """`aion serve` with certificates made for this run."""
    folder: Path = tmp_path_factory.mktemp("secured")
    authority = Authority("aion test authority")
    cert, key = authority.server().write(folder, "server")
    (folder / "ca.pem").write_bytes(authority.cert)
    (folder / "principals.yml").write_text(PRINCIPALS)
    settings = {
        "AION_TLS_CERT": str(cert),
        "AION_TLS_KEY": str(key),
        "AION_TLS_CLIENT_CA": str(folder / "ca.pem"),
        "AION_PRINCIPALS": str(folder / "principals.yml"),
    }
    with serving(folder, *write_small_catalogue(folder), **settings) as server:
        yield Secured(server, authority)


@asynccontextmanager
async def client(secured: Secured, shown: Identity | None, **headers: str) -> AsyncIterator[GrpcFace]:
    """A client that trusts the authority and shows a certificate, or none."""
    credentials = grpc.ssl_channel_credentials(
        secured.authority.cert, shown.key if shown else None, shown.cert if shown else None
    )
    async with grpc.aio.secure_channel(secured.server.grpc, credentials) as channel:
        yield GrpcFace(channel, headers)


async def test_a_spiffe_id_is_the_principal_that_the_operator_named(secured: Secured):
    async with client(secured, secured.authority.sign(x509.UniformResourceIdentifier(SPIFFE))) as face:
        assert (await face.unary(SUBMIT, task_request(wait=30)))["status"] == "OK"
        with pytest.raises(Refused, match="PERMISSION_DENIED"):
            await face.unary(INFO, INFO.request())


async def test_a_dns_name_is_the_principal_that_the_operator_named(secured: Secured):
    async with client(secured, secured.authority.sign(x509.DNSName(DNS))) as face:
        assert (await face.unary(INFO, INFO.request()))["api_version"] == "aion.v1"
        with pytest.raises(Refused, match="PERMISSION_DENIED"):
            await face.unary(SUBMIT, task_request())


@pytest.mark.parametrize(
    "name",
    [
        x509.UniformResourceIdentifier("spiffe://example.org/billing/more"),
        x509.UniformResourceIdentifier("spiffe://other.org/billing"),
        x509.DNSName("other.example.org"),
    ],
    ids=["a longer path", "another domain", "another host"],
)
async def test_a_name_that_nobody_listed_is_unauthenticated(secured: Secured, name):
    async with client(secured, secured.authority.sign(name)) as face:
        with pytest.raises(Refused, match="UNAUTHENTICATED"):
            await face.unary(INFO, INFO.request())


@pytest.mark.parametrize("shown", ["none", "rogue"])
async def test_no_certificate_or_one_of_another_authority_gets_no_connection(secured: Secured, shown):
    rogue = Authority("aion test authority").sign(x509.UniformResourceIdentifier(SPIFFE))
    async with client(secured, rogue if shown == "rogue" else None) as face:
        call = face.channel.unary_unary(INFO.path)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(b"", timeout=30)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_a_key_and_a_certificate_of_two_tenants_do_not_belong_together(secured: Secured):
    shown = secured.authority.sign(x509.UniformResourceIdentifier(SPIFFE))
    stranger, same = secured.server.key(new_tenant()), secured.server.key("acme")
    async with client(secured, shown, authorization=f"Bearer {stranger}") as face:
        with pytest.raises(Refused, match="do not belong together"):
            await face.unary(INFO, INFO.request())
    async with client(secured, shown, authorization=f"Bearer {same}") as face:
        assert await face.unary(INFO, INFO.request())


async def test_rest_speaks_tls_with_an_api_key(secured: Secured):
    trust = ssl.create_default_context(cadata=secured.authority.cert.decode())
    headers = {"authorization": f"Bearer {secured.server.key('acme')}"}
    async with httpx2.AsyncClient(verify=trust, headers=headers) as https:
        answer = await https.get(f"https://{secured.server.http}/v1/server")
    assert answer.json()["api_version"] == "aion.v1"


async def test_plain_text_gets_no_answer_from_a_secured_server(secured: Secured):
    async with grpc.aio.insecure_channel(secured.server.grpc) as channel:
        with pytest.raises(grpc.aio.AioRpcError):
            await channel.unary_unary(INFO.path)(b"", timeout=30)
