"""The HTTP server itself: its port, its TLS, and its drain."""

import asyncio
import contextlib
import socket
import ssl
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import httpx2
import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from aion.adapters.transports.web import server as server_module
from aion.adapters.transports.web.server import AT_ONCE, HttpSettings, http_server
from tests.contract.rest.scripted import KEY
from tests.e2e.certificates import Authority


async def test_it_binds_a_free_port_and_says_which(face):
    async with http_server(HttpSettings("127.0.0.1", 0), face.app, lambda: 1.0) as server:
        assert server.port > 0
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", headers=KEY) as client:
            answer = await client.get("/v1/tasks/t-1")
    assert answer.status_code == 200
    assert "server" not in answer.headers


def test_a_round_of_the_event_loop_accepts_many_connections(face):
    many = 8 * AT_ONCE

    async def rounds() -> int:
        async with http_server(HttpSettings("127.0.0.1", 0), face.app, lambda: 1.0) as server:
            with ExitStack() as stack:
                for _ in range(many):
                    stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
                accepted = 0
                for count in range(1, 2 * many):
                    await asyncio.sleep(0)
                    accepted = len(server.patrol.connections)
                    if accepted == many:
                        return count
                raise AssertionError(f"{accepted} of {many} connections were accepted")

    assert uvloop.run(rounds()) <= many // 4


async def test_a_port_that_is_taken_is_refused_with_the_setting_to_change(face):
    async with http_server(HttpSettings("127.0.0.1", 0), face.app, lambda: 1.0) as server:
        with pytest.raises(OSError, match="AION_HTTP_LISTEN"):
            async with http_server(HttpSettings("127.0.0.1", server.port), face.app, lambda: 1.0):
                pass


async def test_calls_that_run_when_it_stops_may_end(face):
    face.script.hold = asyncio.Event()
    async with httpx2.AsyncClient(headers=KEY) as client:
        async with http_server(HttpSettings("127.0.0.1", 0), face.app, lambda: 30.0) as server:
            url = f"http://127.0.0.1:{server.port}/v1/tasks"
            call = asyncio.create_task(client.post(url, json={"intent": "summarize"}))
            await asyncio.wait_for(face.script.entered.wait(), 30)
            asyncio.get_running_loop().call_soon(face.script.hold.set)
        assert (await call).status_code == 202
        with pytest.raises(httpx2.ConnectError):
            await client.post(url, json={"intent": "summarize"})


async def test_it_speaks_tls_and_nothing_older_than_1_2(face, tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    cert, private = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    async with http_server(HttpSettings("127.0.0.1", 0, cert, private), face.app, lambda: 1.0) as server:
        trust = ssl.create_default_context(cafile=str(cert))
        async with httpx2.AsyncClient(verify=trust, headers=KEY) as client:
            answer = await client.get(f"https://localhost:{server.port}/v1/server")
        _, writer = await asyncio.open_connection("localhost", server.port, ssl=trust)
        version = writer.get_extra_info("ssl_object").version()
        writer.transport.abort()
        with pytest.raises(ssl.SSLError):
            await asyncio.open_connection("localhost", server.port, ssl=old_tls(cert))
    assert answer.status_code == 200
    assert version in ("TLSv1.2", "TLSv1.3")


async def test_a_handshake_that_is_left_unfinished_ends(face, tmp_path, monkeypatch):
    monkeypatch.setattr(server_module, "HANDSHAKE_SECONDS", 0.05)
    tls = Authority("tests").sign(x509.IPAddress(ip_address("127.0.0.1"))).write(tmp_path, "server")
    async with http_server(HttpSettings("127.0.0.1", 0, *tls), face.app, lambda: 1.0) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        with contextlib.suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), 30) == b""
        writer.transport.abort()


def old_tls(cert) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(cert))
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context
