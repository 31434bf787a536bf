"""Whom webhooks may call: no address inside but those that the operator allows, and over TLS whom the system trusts."""

from pathlib import Path

import pytest
from cryptography import x509

from aion.domain.identity import ALL_SCOPES
from tests.e2e.answers import Refused
from tests.e2e.callers import Caller, MakeCaller, callers_of
from tests.e2e.catalogue import write_small_catalogue
from tests.e2e.certificates import Authority
from tests.e2e.processes import process, running
from tests.e2e.webhook_calls import FACES, call, make, verified
from tests.webhook_receiver import receiving, serving


@FACES
@pytest.mark.parametrize(
    "url", ["http://93.184.216.34/", "https://169.254.169.254/latest/", "https://10.0.0.1/", "https://[::1]/", "x"]
)
async def test_a_url_into_somebody_elses_network_is_refused_when_it_is_made_and_when_it_is_changed(
    caller, receiver, face, url
):
    """14.7"""
    with pytest.raises(Refused) as made:
        await make(caller, url, face)
    webhook_id = (await make(caller, receiver.url(), face))["webhook"]["webhook_id"]
    with pytest.raises(Refused) as changed:
        await call(caller, "UpdateWebhook", face, webhook_id=webhook_id, webhook={"url": url})
    for refused in (made, changed):
        assert refused.value.refusal.reason == "WEBHOOK_URL_REFUSED"
        assert [field for field, _ in refused.value.refusal.violations] == ["url"]


@pytest.mark.slow
async def test_https_with_the_operators_own_authority(tmp_path: Path):
    """A receiver behind TLS: its certificate is checked for the name, against the authorities of the system."""
    authority = Authority("receivers")
    ca = tmp_path / "ca.pem"
    ca.write_bytes(authority.cert)
    identity = authority.sign(x509.DNSName("localhost"))
    async with receiving(serving(identity, tmp_path)) as receiver:
        allowed = f"127.0.0.1:{receiver.port},[::1]:{receiver.port}"
        with running(
            tmp_path, *write_small_catalogue(tmp_path), AION_WEBHOOK_ALLOW=allowed, SSL_CERT_FILE=str(ca)
        ) as server:
            async with callers_of(server) as callers:
                caller: Caller = callers()
                made = await make(caller, receiver.url(scheme="https", host="localhost"))
                await caller.submit(wait=30)
                (got,) = await receiver.wait_for(1)
                assert verified(got, made["secret"])["type"] == "task.ok"
                assert got.headers["host"] == f"localhost:{receiver.port}"


@pytest.mark.slow
async def test_by_default_no_address_of_this_machine_is_called(
    tmp_path: Path, catalogue, callers: MakeCaller, receiver
):
    """14.7 Also `aion dev` allows loopback only when the operator says so."""
    with running(tmp_path, *catalogue, AION_WEBHOOK_ALLOW="") as server:
        async with callers_of(server) as make_caller:
            for url in (receiver.url(), receiver.url(scheme="https"), "https://localhost/"):
                with pytest.raises(Refused) as refused:
                    await make(make_caller(scopes=ALL_SCOPES), url)
                assert refused.value.refusal.reason == "WEBHOOK_URL_REFUSED"


@pytest.mark.slow
async def test_an_entry_that_cannot_be_understood_stops_the_server_with_its_name(tmp_path: Path):
    said = process(tmp_path, "serve", AION_WEBHOOK_ALLOW="http://localhost")
    assert said.code != 0
    assert "AION_WEBHOOK_ALLOW: http://localhost: write ADDRESS, NETWORK or NAME" in said.stderr + said.stdout
    assert "Traceback" not in said.stderr + said.stdout
