"""The WebSocket over TLS: the same frames, closes that arrive, and the server's own origin is an https one."""

import ssl
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509

from tests.contract.websocket.conftest import a_stage
from tests.e2e.answers import Refused
from tests.e2e.certificates import Authority
from tests.e2e.socket_faces import open_socket


async def test_over_tls_a_socket_speaks_and_closes_with_its_reason(tmp_path: Path):
    authority = Authority("tests")
    tls = authority.sign(x509.IPAddress(ip_address("127.0.0.1"))).write(tmp_path, "server")
    trust = ssl.create_default_context(cadata=authority.cert.decode())
    async with a_stage(tls=tls) as stage:
        url, key = stage.url.replace("ws:", "wss:"), {"authorization": f"Bearer {stage.gate.key()}"}
        own = {"origin": stage.url.replace("ws:", "https:")}
        async with open_socket(url, {**key, **own}, ssl=trust) as socket:
            await socket.say(kind="ping")
            assert (await socket.hear())["type"] == "pong"
            await socket.wire.send(b"binary")
            assert (await socket.closed())[0] == 1003
        with pytest.raises(Refused) as refused:
            async with open_socket(url, {**key, "origin": stage.url.replace("ws:", "http:")}, ssl=trust):
                pass
        assert refused.value.refusal.reason == "PERMISSION_DENIED"
