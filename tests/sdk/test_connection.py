"""Where a client connects to, and that its key is never sent where others can read it."""

import datetime as dt
import ipaddress
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from aion_sdk import TLS, AsyncClient, Client, ConfigurationError
from aion_sdk.connection import Connection, is_loopback
from aion_sdk.options import Options
from tests.sdk.double import answer, serve, task


@pytest.mark.parametrize(
    ("server", "target"),
    [
        (None, "127.0.0.1:50051"),
        ("localhost", "localhost:50051"),
        ("localhost:9", "localhost:9"),
        ("http://localhost:9/", "localhost:9"),
        ("::1", "[::1]:50051"),
        ("[::1]:9", "[::1]:9"),
        ("unix:/tmp/aion.sock", "unix:/tmp/aion.sock"),
    ],
)
def test_a_server_may_be_named_in_many_ways(server: str | None, target: str) -> None:
    resolved = Connection.resolve(server, environ={})
    assert (resolved.target, resolved.tls) == (target, None)


def test_https_means_tls_with_the_systems_authorities() -> None:
    assert Connection.resolve("https://aion.example:443", environ={}).tls == TLS()


def test_the_environment_fills_in_what_is_not_given() -> None:
    environ = {"AION_SERVER": "aion.example:7", "AION_API_KEY": "key", "AION_CLIENT_CA": "/ca.pem"}
    resolved = Connection.resolve(environ=environ)
    assert (resolved.target, resolved.api_key, resolved.tls) == ("aion.example:7", "key", TLS(ca="/ca.pem"))
    assert Connection.resolve("localhost:8", api_key="other", environ=environ).api_key == "other"


@pytest.mark.parametrize("server", ["aion.example", "10.0.0.1:50051", "http://aion.example", "localhost.example:1"])
def test_a_key_over_plaintext_to_another_machine_is_refused(server: str) -> None:
    with pytest.raises(ConfigurationError, match="unencrypted"):
        Connection.resolve(server, api_key="key", environ={})
    assert Connection.resolve(server, api_key="key", insecure=True, environ={}).tls is None
    assert Connection.resolve(server, environ={}).api_key is None


@pytest.mark.parametrize("target", ["127.0.0.1:1", "127.8.8.8:1", "localhost:1", "[::1]:1", "unix:/tmp/a"])
def test_this_machine_is_known_by_all_its_names(target: str) -> None:
    assert is_loopback(target)


@pytest.mark.parametrize("server", ["host:port", ":1", "https://"])
def test_an_address_that_is_none_is_refused(server: str) -> None:
    with pytest.raises(ConfigurationError, match="server"):
        Connection.resolve(server, environ={})


def test_a_key_that_cannot_go_into_a_header_is_refused_and_not_shown() -> None:
    with pytest.raises(ConfigurationError, match="end of a line") as refused:
        Connection.resolve(api_key="aion_sec\nret", environ={})
    assert "ret" not in str(refused.value)


@pytest.mark.parametrize("wrong", [{"max_retries": 1.5}, {"max_reconnects": -1}, {"traceparent": "xx"}])
def test_options_that_make_no_sense_are_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be"):
        Options(**wrong)


def test_tls_to_an_address_that_says_plaintext_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="plaintext"):
        Connection.resolve("http://localhost:1", tls=TLS(), environ={})


def test_half_a_client_certificate_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="both"):
        TLS(cert="a.pem")


def test_a_certificate_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"tls\.ca: cannot read .*missing\.pem"):
        TLS(ca=tmp_path / "missing.pem").read()


def test_a_key_is_not_shown() -> None:
    assert "secret" not in repr(Connection.resolve("localhost", api_key="secret", environ={}))
    assert "secret" not in repr(TLS(cert=b"public", key=b"secret"))


def certificate(name: str, issuer: "Issued | None" = None) -> "Issued":
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
    )
    return Issued(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


class Issued:
    def __init__(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self.certificate = certificate
        self.key = key
        self.pem = certificate.public_bytes(serialization.Encoding.PEM)
        self.key_pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


async def test_both_faces_speak_mutual_tls_from_bytes_and_from_files(tmp_path: Path) -> None:
    authority = certificate("authority")
    at_server, at_client = certificate("server", authority), certificate("client", authority)
    credentials = grpc.ssl_server_credentials(
        [(at_server.key_pem, at_server.pem)], authority.pem, require_client_auth=True
    )
    double, server = serve(credentials)
    double.script("StatusById", answer(task()))
    for name, pem in (("ca", authority.pem), ("cert", at_client.pem), ("key", at_client.key_pem)):
        (tmp_path / name).write_bytes(pem)
    try:
        with Client(double.target, tls=TLS(authority.pem, at_client.pem, at_client.key_pem), api_key="k") as client:
            assert client.tasks.get("t1").ended
        tls = TLS(tmp_path / "ca", tmp_path / "cert", str(tmp_path / "key"))
        async with AsyncClient(f"https://{double.target}", tls=tls) as client:
            assert (await client.tasks.get("t1")).ended
    finally:
        server.stop(None).wait()
