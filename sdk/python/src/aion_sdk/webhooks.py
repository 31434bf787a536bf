"""Calls that AION makes when a task has ended: who gets them, what became of them, and how a receiver checks them.

A receiver calls `verify` with the body as it came, before it parses anything: see https://www.standardwebhooks.com.
"""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aion_sdk._names import Word
from aion_sdk.errors import WebhookVerificationError
from aion_sdk.lifecycle import TaskState

TOLERANCE_SECONDS = 300.0
"""How far the clocks of sender and receiver may be apart, and how long a message can be replayed by others."""

SECRET_PREFIX, VERSION = "whsec_", "v1"
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


class DeliveryState(Word):
    """Where a delivery is in its life."""

    UNKNOWN = "UNKNOWN"
    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that wants to hear of ended tasks; empty `states` and `intents` mean all.

    `disable_reason` is the server's: why AION disabled it, empty when it did not. An update with an `etag` is refused
    when the webhook was changed meanwhile.
    """

    webhook_id: str
    url: str
    states: tuple[TaskState, ...] = ()
    intents: tuple[str, ...] = ()
    description: str = ""
    disabled: bool = False
    disable_reason: str = ""
    create_time: datetime | None = None
    update_time: datetime | None = None
    etag: str = ""


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A webhook that was just made, and the secret of its signatures: it is shown this once."""

    webhook: Webhook
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RotatedSecret:
    """A webhook's new secret, shown this once; until `old_secret_expire_time` the old one signs as well."""

    secret: str = field(repr=False)
    old_secret_expire_time: datetime | None


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """One message to one webhook. `last_status` 0 means that there was no answer."""

    delivery_id: str
    webhook_id: str
    task_id: str
    event: str
    state: DeliveryState
    attempts: int
    last_status: int
    last_error: str
    create_time: datetime | None
    last_attempt_time: datetime | None
    next_attempt_time: datetime | None


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """A message that was verified. Keep `delivery_id` and drop what comes twice: deliveries are made at least once.

    `delivery_id` is the header `webhook-id`, as Standard Webhooks calls it: the same over all attempts of a delivery.
    `type` is such as `task.ok`, `timestamp` when it happened, `data` the JSON that it brings.
    """

    delivery_id: str
    type: str
    timestamp: datetime
    data: Any


def verify(
    payload: bytes | str,
    headers: Mapping[str, str],
    secret: str | Iterable[str],
    *,
    tolerance: float = TOLERANCE_SECONDS,
    now: float | None = None,
) -> WebhookEvent:
    """Return what a delivery says, if one of the secrets signed it no more than `tolerance` seconds ago.

    `payload` is the body as it came; `headers` may be in any case; `now` is a Unix time, by default the clock's.
    Raises WebhookVerificationError: answer 400 then, and do nothing else.
    """
    if not isinstance(payload, str | bytes | bytearray | memoryview):
        raise TypeError("verify needs the body as it came, text or bytes, not what a parser made of it")
    body = payload.encode() if isinstance(payload, str) else bytes(payload)
    given = {name.lower(): value for name, value in headers.items()}
    message_id, moment, signatures = (_header(given, name) for name in (ID, TIMESTAMP, SIGNATURE))
    _check_time(moment, time.time() if now is None else now, tolerance)
    signed = b".".join((message_id.encode(), moment.encode(), body))
    secrets = (secret,) if isinstance(secret, str) else tuple(secret or ())
    if not secrets:
        raise ValueError("the webhook's secret is missing; give it as it was shown when it was made")
    wanted = [hmac.digest(_key(each), signed, hashlib.sha256) for each in secrets]
    # Every pair is compared, in constant time, so that the answer's delay says nothing.
    matches = [hmac.compare_digest(want, have) for want in wanted for have in _signatures(signatures)]
    if not any(matches):
        raise WebhookVerificationError("no signature of the webhook is by one of the secrets")
    return _event(message_id, body)


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name, "")
    if not value:
        raise WebhookVerificationError(f"the header {name} is missing")
    return value


def _check_time(moment: str, now: float, tolerance: float) -> None:
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 15):
        raise WebhookVerificationError(f"the header {TIMESTAMP} is no Unix time")
    if not abs(now - int(moment)) <= tolerance:
        raise WebhookVerificationError(f"the header {TIMESTAMP} is more than {tolerance:g} s away from this clock")


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.strip().removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not key:
        raise ValueError(f"a webhook's secret is {SECRET_PREFIX} and base64, as it was shown when it was made")
    return key


def _signatures(header: str) -> list[bytes]:
    found = []
    for part in header.split():
        version, _, text = part.partition(",")
        if version == VERSION:
            try:
                found.append(base64.b64decode(text, validate=True))
            except binascii.Error:
                continue  # what is no base64 is no signature of ours; another one may be
    return found


def _event(message_id: str, body: bytes) -> WebhookEvent:
    try:
        document = json.loads(body)
        happened = datetime.fromisoformat(document["timestamp"])
        return WebhookEvent(message_id, str(document["type"]), happened, document["data"])
    except (ValueError, KeyError, TypeError) as cause:
        raise WebhookVerificationError("the webhook is signed, but is not an event of AION") from cause
