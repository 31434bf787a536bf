"""What a receiver believes: only a body that one of its secrets signed a short time ago."""

import base64
import json
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook as Standard

from aion_sdk import AionError, WebhookVerificationError
from aion_sdk.webhooks import verify

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(b"x" * 32).decode()
NOW = 1_800_000_000
BODY = json.dumps({"type": "task.ok", "timestamp": "2027-01-15T08:00:00Z", "data": {"task_id": "t1", "state": "OK"}})


def headers(secret: str = SECRET, body: str = BODY, at: int = NOW) -> dict[str, str]:
    """As the reference implementation of the standard signs."""
    signature = Standard(secret).sign("d1", datetime.fromtimestamp(at, UTC), body)
    return {"Webhook-Id": "d1", "WEBHOOK-TIMESTAMP": str(at), "webhook-signature": signature}


@pytest.mark.parametrize("payload", [BODY, BODY.encode()])
def test_what_the_standard_s_own_library_signed_is_believed(payload: str | bytes) -> None:
    event = verify(payload, headers(), SECRET, now=NOW)
    assert (event.delivery_id, event.type, event.timestamp) == ("d1", "task.ok", datetime.fromtimestamp(NOW, UTC))
    assert event.data == {"task_id": "t1", "state": "OK"}


def test_one_of_several_secrets_and_one_of_several_signatures_is_enough() -> None:
    both = headers()
    both["webhook-signature"] = (
        f"v1a,AAAA v1,not-base64! {headers(OTHER)['webhook-signature']} {both['webhook-signature']}"
    )
    assert verify(BODY, both, SECRET, now=NOW).data["task_id"] == "t1"
    assert verify(BODY, headers(), [OTHER, SECRET], now=NOW).data["task_id"] == "t1"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"webhook-id": "d2"}, "no signature"),
        ({"webhook-timestamp": str(NOW + 1)}, "no signature"),
        ({"webhook-timestamp": "soon"}, "no Unix time"),
        ({"webhook-timestamp": "-5"}, "no Unix time"),
        ({"webhook-timestamp": "\u0661"}, "no Unix time"),
        ({"webhook-timestamp": ""}, "webhook-timestamp is missing"),
        ({"webhook-signature": ""}, "webhook-signature is missing"),
        ({"webhook-id": ""}, "webhook-id is missing"),
        ({"webhook-signature": "v2,AAAA"}, "no signature"),
        ({"webhook-signature": "v1,"}, "no signature"),
    ],
)
def test_a_changed_header_is_not_believed(change: dict[str, str], words: str) -> None:
    given = {name.lower(): value for name, value in headers().items()} | change
    with pytest.raises(WebhookVerificationError, match=words):
        verify(BODY, given, SECRET, now=NOW)


def test_another_body_or_another_secret_is_not_believed() -> None:
    with pytest.raises(WebhookVerificationError):
        verify(BODY.replace("OK", "ERROR"), headers(), SECRET, now=NOW)
    with pytest.raises(AionError):
        verify(BODY, headers(), OTHER, now=NOW)
    with pytest.raises(WebhookVerificationError):
        verify(BODY, headers(), SECRET, now=0, tolerance=float("nan"))


@pytest.mark.parametrize("late", [-301, 301])
def test_a_message_from_long_ago_or_from_the_future_is_not_believed(late: int) -> None:
    with pytest.raises(WebhookVerificationError, match="300 s away"):
        verify(BODY, headers(), SECRET, now=NOW + late)
    assert verify(BODY, headers(), SECRET, now=NOW + late, tolerance=400)


def test_a_secret_that_is_none_is_the_receiver_s_mistake() -> None:
    for secret in ("", "whsec_", "whsec_%%%"):
        with pytest.raises(ValueError, match="whsec_"):
            verify(BODY, headers(), secret, now=NOW)


def test_a_missing_secret_and_a_body_that_was_parsed_are_the_receiver_s_mistakes() -> None:
    for missing in ((), None):
        with pytest.raises(ValueError, match="secret is missing"):
            verify(BODY, headers(), missing, now=NOW)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="the body as it came"):
        verify({"type": "task.ok"}, headers(), SECRET, now=NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("body", ["[]", "{}", "no json", '{"type":"task.ok","timestamp":"x"}'])
def test_a_signed_body_that_is_no_event_is_told_apart(body: str) -> None:
    with pytest.raises(WebhookVerificationError, match="not an event"):
        verify(body, headers(body=body), SECRET, now=NOW)
