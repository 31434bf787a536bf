"""Webhooks from end to end: a receiver on this machine gets what ended, and the reference library verifies it."""

from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
from cryptography import x509
from google.protobuf.json_format import ParseDict
from standardwebhooks import Webhook as Standard

from aion.domain.identity import ALL_SCOPES
from aion.v1 import webhooks_pb2
from tests.e2e.answers import Document, Refused
from tests.e2e.callers import Caller, MakeCaller, callers_of
from tests.e2e.catalogue import write_small_catalogue
from tests.e2e.certificates import Authority
from tests.e2e.faces import BY_NAME
from tests.e2e.patience import eventually
from tests.e2e.processes import process, running
from tests.webhook_receiver import OK, Got, Receiver, answer, receiving, serving

FACES = pytest.mark.parametrize("face", ["grpc", "rest"])


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as ready:
        yield ready


async def call(caller: Caller, name: str, face: str = "grpc", **members: object) -> Document:
    """The answer to a request that is given as JSON."""
    request = ParseDict(members, getattr(webhooks_pb2, f"{name}Request")())
    return await caller.face(face).unary(BY_NAME[name], request)


async def make(caller: Caller, url: str, face: str = "grpc", **wish: object) -> Document:
    return await call(caller, "CreateWebhook", face, webhook={"url": url, **wish})


async def delivery(caller: Caller, webhook_id: str, state: str) -> Document:
    """The webhook's only delivery, once it is in this state."""

    async def look() -> Document | None:
        page = await call(caller, "ListWebhookDeliveries", webhook_id=webhook_id)
        found = [one for one in page["deliveries"] if one["state"] == f"DELIVERY_STATE_{state}"]
        return found[0] if found else None

    return await eventually(look, f"the delivery is {state}")


def verified(got: Got, secret: str) -> Document:
    """What a message says, after the reference library has verified its signature and its time."""
    document: Document = Standard(secret).verify(got.body, got.headers)
    return document


@FACES
async def test_a_receiver_hears_of_an_ended_task_and_can_verify_it(caller: Caller, receiver: Receiver, face: str):
    """14.1, 14.4"""
    made = await make(caller, receiver.url(), face, description="ours")
    assert made["webhook"]["url"] == receiver.url()
    task = await caller.submit(params={"text": "hello"}, wait=30)
    (got,) = await receiver.wait_for(1)
    document = verified(got, made["secret"])
    assert document["type"] == "task.ok"
    assert document["data"]["task_id"] == task["task_id"]
    assert document["data"]["result"] == task["result"]
    done = await delivery(caller, made["webhook"]["webhook_id"], "DELIVERED")
    assert (done["delivery_id"], done["task_id"], done["event"]) == (got.message_id, task["task_id"], "task.ok")
    assert (done["attempts"], done["last_status"]) == (1, 204)


@FACES
async def test_a_webhook_is_read_listed_changed_and_deleted(caller: Caller, receiver: Receiver, face: str):
    made = await make(caller, receiver.url(), face, intents=["echo"], states=["TASK_STATE_OK"])
    webhook_id = made["webhook"]["webhook_id"]
    assert await call(caller, "GetWebhook", face, webhook_id=webhook_id) == {"webhook": made["webhook"]}
    second = await make(caller, receiver.url("/second"), face)
    first_page = await call(caller, "ListWebhooks", face, page_size=1)
    assert first_page["webhooks"] == [made["webhook"]]
    rest = await call(caller, "ListWebhooks", face, page_token=first_page["next_page_token"])
    assert (rest["webhooks"], rest["next_page_token"]) == ([second["webhook"]], "")
    wish = {"url": receiver.url("/third"), "disabled": True}
    updated = await call(caller, "UpdateWebhook", face, webhook_id=webhook_id, webhook=wish)
    assert updated["webhook"]["url"] == wish["url"]
    assert updated["webhook"]["disabled"] is True
    assert "states" not in updated["webhook"] or updated["webhook"]["states"] == []
    assert await call(caller, "DeleteWebhook", face, webhook_id=webhook_id) == {}
    with pytest.raises(Refused) as refused:
        await call(caller, "GetWebhook", face, webhook_id=webhook_id)
    assert refused.value.refusal.reason == "WEBHOOK_NOT_FOUND"


@FACES
async def test_a_call_that_is_sent_again_with_its_key_is_answered_as_before(caller, receiver, face):
    """14.13 The same key gives the same webhook and the same secret."""
    first, again = [
        await call(caller, "CreateWebhook", face, webhook={"url": receiver.url()}, request_id="k") for _ in range(2)
    ]
    assert first == again
    webhook_id = first["webhook"]["webhook_id"]
    rotated, twice = [
        await call(caller, "RotateWebhookSecret", face, webhook_id=webhook_id, request_id="k") for _ in range(2)
    ]
    assert rotated == twice
    with pytest.raises(Refused) as reused:
        await call(caller, "CreateWebhook", face, webhook={"url": receiver.url("/other")}, request_id="k")
    assert reused.value.refusal.reason == "IDEMPOTENCY_KEY_REUSED"


@FACES
async def test_an_update_that_names_an_old_etag_is_refused(caller, receiver, face):
    """14.14 An update that names an etag other than the current one is `CHANGED_MEANWHILE`."""
    made = (await make(caller, receiver.url(), face))["webhook"]
    update = {"webhook_id": made["webhook_id"], "webhook": {"url": receiver.url("/a"), "etag": made["etag"]}}
    updated = (await call(caller, "UpdateWebhook", face, **update))["webhook"]
    assert updated["update_time"] >= made["update_time"]
    with pytest.raises(Refused) as refused:
        await call(caller, "UpdateWebhook", face, **(update | {"webhook": made}))
    assert refused.value.refusal.reason == "CHANGED_MEANWHILE"


async def test_a_delivery_of_a_disabled_webhook_is_not_replayed(caller, receiver):
    made = (await make(caller, receiver.url()))["webhook"]
    await caller.submit(wait=30)
    done = await delivery(caller, made["webhook_id"], "DELIVERED")
    disabled = {"url": made["url"], "disabled": True}
    await call(caller, "UpdateWebhook", webhook_id=made["webhook_id"], webhook=disabled)
    with pytest.raises(Refused) as refused:
        await call(caller, "ReplayWebhookDelivery", webhook_id=made["webhook_id"], delivery_id=done["delivery_id"])
    assert refused.value.refusal.reason == "WEBHOOK_DISABLED"


@FACES
async def test_a_webhook_that_is_changed_to_another_id_than_the_paths_is_refused(caller, receiver, face):
    webhook_id = (await make(caller, receiver.url(), face))["webhook"]["webhook_id"]
    with pytest.raises(Refused) as refused:
        await call(
            caller,
            "UpdateWebhook",
            face,
            webhook_id=webhook_id,
            webhook={"url": receiver.url(), "webhook_id": "another"},
        )
    assert refused.value.refusal.reason == "VALIDATION_FAILED"


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


async def test_a_tenant_has_at_most_twenty_webhooks(caller: Caller, receiver: Receiver):
    for number in range(20):
        await make(caller, receiver.url(f"/{number}"))
    with pytest.raises(Refused) as refused:
        await make(caller, receiver.url("/one-more"))
    assert refused.value.refusal.reason == "LIMIT_REACHED"


async def test_a_receiver_hears_only_of_what_it_wants_and_of_nothing_of_other_tenants(
    caller: Caller, other: Caller, receiver: Receiver
):
    await make(caller, receiver.url("/errors"), states=["TASK_STATE_ERROR"])
    await make(caller, receiver.url("/echoes"), intents=["echo"])
    await make(caller, receiver.url("/off"), disabled=True)
    await other.submit(params={"text": "theirs"}, wait=30)
    mine = await caller.submit(params={"text": "mine"}, wait=30)
    failed = await caller.submit(intent="trapped", wait=30)
    assert failed["status"] == "ERROR"
    by_path = {got.line.split()[1]: orjson.loads(got.body) for got in await receiver.wait_for(2)}
    assert by_path["/echoes"]["data"]["task_id"] == mine["task_id"]
    assert (by_path["/errors"]["type"], by_path["/errors"]["data"]["task_id"]) == ("task.error", failed["task_id"])
    assert len(by_path) == 2


async def test_a_receiver_that_fails_gets_it_again_under_the_same_id(caller: Caller, receiver: Receiver):
    """14.2: the first pause is five seconds; a replay does not wait for it."""
    receiver.answers = [answer(503, b"busy"), OK]
    made = await make(caller, receiver.url())
    webhook_id = made["webhook"]["webhook_id"]
    await caller.submit(wait=30)
    await receiver.wait_for(1)
    waiting = await delivery(caller, webhook_id, "PENDING")
    waiting = await eventually(lambda: _attempted(caller, webhook_id), "the first attempt is written down")
    assert (waiting["last_status"], waiting["last_error"]) == (503, "HTTP 503: busy")
    again = await call(caller, "ReplayWebhookDelivery", webhook_id=webhook_id, delivery_id=waiting["delivery_id"])
    assert again["delivery"]["state"] == "DELIVERY_STATE_PENDING"
    first, second = await receiver.wait_for(2)
    assert first.message_id == second.message_id == waiting["delivery_id"]
    assert first.body == second.body
    assert verified(second, made["secret"])
    assert (await delivery(caller, webhook_id, "DELIVERED"))["attempts"] == 2


async def test_a_rotated_secret_and_the_old_one_both_verify(caller: Caller, receiver: Receiver):
    """14.6"""
    made = await make(caller, receiver.url())
    rotated = await call(caller, "RotateWebhookSecret", webhook_id=made["webhook"]["webhook_id"])
    assert rotated["secret"] != made["secret"]
    assert rotated["old_secret_expire_time"]
    await caller.submit(wait=30)
    (got,) = await receiver.wait_for(1)
    assert verified(got, made["secret"]) == verified(got, rotated["secret"])


async def test_a_receiver_that_is_gone_disables_its_webhook(caller: Caller, receiver: Receiver):
    """14.9"""
    receiver.answers = [answer(410)]
    webhook_id = (await make(caller, receiver.url()))["webhook"]["webhook_id"]
    await caller.submit(wait=30)
    await delivery(caller, webhook_id, "FAILED")
    disabled = (await call(caller, "GetWebhook", webhook_id=webhook_id))["webhook"]
    assert disabled["disabled"] is True
    assert disabled["disable_reason"] == "the receiver answered 410 Gone"


async def test_another_tenant_sees_and_changes_nothing(caller: Caller, other: Caller, receiver: Receiver):
    """1.2"""
    webhook_id = (await make(caller, receiver.url()))["webhook"]["webhook_id"]
    for name, members in (
        ("GetWebhook", {}),
        ("UpdateWebhook", {"webhook": {"url": receiver.url()}}),
        ("RotateWebhookSecret", {}),
        ("DeleteWebhook", {}),
        ("ListWebhookDeliveries", {}),
        ("ReplayWebhookDelivery", {"delivery_id": "msg_1"}),
    ):
        with pytest.raises(Refused) as refused:
            await call(other, name, webhook_id=webhook_id, **members)
        assert refused.value.refusal.reason == "WEBHOOK_NOT_FOUND"
    assert (await call(other, "ListWebhooks"))["webhooks"] == []


async def test_a_page_token_of_one_webhook_does_not_open_the_list_of_another(caller: Caller, receiver: Receiver):
    ids = [(await make(caller, receiver.url(f"/{name}")))["webhook"]["webhook_id"] for name in "ab"]
    for _ in range(2):
        await caller.submit(wait=30)
    page = await call(caller, "ListWebhookDeliveries", webhook_id=ids[0], page_size=1)
    assert page["next_page_token"]
    with pytest.raises(Refused) as refused:
        await call(caller, "ListWebhookDeliveries", webhook_id=ids[1], page_token=page["next_page_token"])
    assert refused.value.refusal.reason == "PAGE_TOKEN_INVALID"
    second = await call(caller, "ListWebhookDeliveries", webhook_id=ids[0], page_token=page["next_page_token"])
    assert len(second["deliveries"]) == 1


async def test_a_secret_is_nowhere_in_the_data_directory_and_the_log(caller: Caller, receiver: Receiver, server):
    """14.6 Secrets are shown once and kept sealed."""
    made = await make(caller, receiver.url())
    await caller.submit(wait=30)
    await receiver.wait_for(1)
    text = made["secret"].removeprefix("whsec_")
    folders = (server.data, server.data.parent)
    held = [str(path) for folder in folders for path in folder.rglob("*") if path.is_file() and _holds(path, text)]
    assert held == []


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


async def _attempted(caller: Caller, webhook_id: str) -> Document | None:
    one = await delivery(caller, webhook_id, "PENDING")
    return one if one.get("attempts") else None


def _holds(path: Path, text: str) -> bool:
    return text.encode() in path.read_bytes()
