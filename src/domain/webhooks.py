"""Webhooks: who wants to hear of ended tasks, what is owed to whom, and when it is tried again.

Signatures are those of Standard Webhooks (standardwebhooks.com). Everything here is a value or a pure function: time,
chance and the wire are somebody else's.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from zlib import crc32

from aion.domain.tasks import Task, TaskState

MOST_WEBHOOKS = 20
"""How many webhooks one tenant may have: each multiplies what every ended task costs."""

SECRET_BYTES = 32
OLD_SECRET_SIGNS_FOR = timedelta(hours=24)
"""How long deliveries carry a signature by the replaced secret, too."""

MOST_WAITING = 10_000
"""How many deliveries may wait for one webhook: what a receiver that is away for days costs has a bound."""

DISABLED_AFTER = timedelta(days=5)
DISABLED_AFTER_ATTEMPTS = 10
"""A webhook of which every attempt failed for so long, and so many of them, is disabled."""

KEEP_FINISHED = timedelta(days=30)
"""How long a finished delivery can be listed and replayed."""

MOST_ERROR = 200
"""How many characters of what went wrong are kept."""

_PAUSES = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
_LONGEST_PAUSE = timedelta(hours=24)
_JITTER = 0.2
_SECRET_PREFIX = "whsec_"  # noqa: S105 - how every secret begins, none of them


@dataclass(frozen=True, slots=True)
class WebhookSecrets:
    """The sealed secrets of a webhook; the old one signs until `old_until`."""

    current: bytes
    old: bytes | None = None
    old_until: datetime | None = None

    def rotated(self, new: bytes, now: datetime) -> "WebhookSecrets":
        """The secrets after `new` took over. A secret that was old already signs no longer."""
        return WebhookSecrets(new, self.current, now + OLD_SECRET_SIGNS_FOR)

    def signing(self, now: datetime) -> tuple[bytes, ...]:
        """The sealed secrets that sign at `now`, the current one first."""
        if self.old is None or self.old_until is None or now >= self.old_until:
            return (self.current,)
        return (self.current, self.old)


@dataclass(frozen=True, slots=True)
class WebhookWish:
    """What a client decides about a webhook. Empty `states` and `intents` mean all."""

    url: str
    states: frozenset[TaskState] = frozenset()
    intents: frozenset[str] = frozenset()
    description: str = ""
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Webhook:
    """One webhook of one tenant. `failing_since` is when the first of the failures began that no success has followed,
    `failures` is how many there were.

    `disable_reason` says why AION disabled it; empty when it did not. `revision` grows whenever the wish changes.
    """

    tenant: str
    webhook_id: str
    wish: WebhookWish
    secrets: WebhookSecrets
    create_time: datetime
    update_time: datetime
    disable_reason: str = ""
    failing_since: datetime | None = None
    failures: int = 0
    revision: int = 1

    @property
    def etag(self) -> str:
        """Names this state of the wish."""
        return str(self.revision)


class DeliveryState(IntEnum):
    """Where a delivery is in its life; the numbers are the contract's."""

    PENDING = 1
    DELIVERED = 2
    FAILED = 3


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one webhook about the end of one task.

    `attempts` counts all of them, `tries` those since it was planned or replayed. `next_attempt_time` is None when no
    attempt will be made.
    """

    tenant: str
    webhook_id: str
    delivery_id: str
    task_id: str
    event: str
    create_time: datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    tries: int = 0
    last_status: int = 0
    last_error: str = ""
    last_attempt_time: datetime | None = None
    next_attempt_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class AttemptReport:
    """What came of one attempt: the HTTP status (0: no answer), what went wrong, and the receiver's wish to wait.

    `final` says that another attempt would change nothing, `ours` that the trouble is AION's own and says nothing about
    the receiver, `postponed` that nothing was tried at all: it counts for nothing and is due again soon.
    """

    status: int = 0
    error: str = ""
    retry_after: timedelta | None = None
    final: bool = False
    ours: bool = False
    postponed: bool = False

    @property
    def delivered(self) -> bool:
        """Whether the receiver took it."""
        return 200 <= self.status <= 299 and not self.error

    @property
    def gone(self) -> bool:
        """Whether the receiver says that it wants no more, ever."""
        return self.status == 410


def wants(wish: WebhookWish, task: Task) -> bool:
    """Whether a webhook with this wish hears of the end of `task`."""
    return (
        not wish.disabled
        and (not wish.states or task.state in wish.states)
        and (not wish.intents or task.intent in wish.intents)
    )


def event_of(state: TaskState) -> str:
    """The name of what happened: `task.ok`, `task.error`, `task.timeout` or `task.canceled`."""
    return f"task.{state.name.lower()}"


def delivery_id(tenant: str, webhook_id: str, task_id: str) -> str:
    """The id of the one delivery that a webhook gets for the end of a task; the same whenever it is asked for."""
    digest = hashlib.sha256(f"{tenant}\0{webhook_id}\0{task_id}".encode()).digest()
    return "msg_" + base64.b32encode(digest[:20]).decode().lower()


def attempted(delivery: Delivery, report: AttemptReport, now: datetime) -> Delivery:
    """The delivery after an attempt: delivered, tried again later, or given up."""
    if report.postponed:
        pause = pause_after(delivery.delivery_id, 1)
        return replace(delivery, next_attempt_time=now + (pause or _PAUSES[0]))
    tries = delivery.tries + 1
    pause = pause_after(delivery.delivery_id, tries, report.retry_after)
    if report.delivered:
        state, due = DeliveryState.DELIVERED, None
    elif report.gone or report.final or pause is None:
        state, due = DeliveryState.FAILED, None
    else:
        state, due = DeliveryState.PENDING, now + pause
    return replace(
        delivery,
        state=state,
        attempts=delivery.attempts + 1,
        tries=tries,
        last_status=report.status,
        last_error="" if report.delivered else report.error[:MOST_ERROR],
        last_attempt_time=now,
        next_attempt_time=due,
    )


def after_attempt(webhook: Webhook, report: AttemptReport, now: datetime) -> Webhook:
    """What an attempt means for its webhook: healthy, failing, or disabled. AION's own trouble means nothing."""
    if report.ours or report.postponed:
        return webhook
    if report.delivered:
        return replace(webhook, failing_since=None, failures=0)
    since, failures = webhook.failing_since or now, webhook.failures + 1
    failing = replace(webhook, failing_since=since, failures=failures)
    if report.gone:
        reason = "the receiver answered 410 Gone"
    elif now - since >= DISABLED_AFTER and failures >= DISABLED_AFTER_ATTEMPTS:
        reason = f"every attempt failed since {since.isoformat(timespec='seconds')}"
    else:
        return failing
    if webhook.wish.disabled:
        return failing
    return replace(
        failing,
        wish=replace(webhook.wish, disabled=True),
        disable_reason=reason,
        update_time=now,
        revision=webhook.revision + 1,
    )


def after_update(webhook: Webhook, wish: WebhookWish, now: datetime) -> Webhook:
    """Another wish; what AION held against it ends with a new URL, or when it is enabled."""
    known = webhook.wish
    forgiven = wish.url != known.url or (known.disabled and not wish.disabled)
    return replace(
        webhook,
        wish=wish,
        disable_reason="" if forgiven or not wish.disabled else webhook.disable_reason,
        failing_since=None if forgiven else webhook.failing_since,
        failures=0 if forgiven else webhook.failures,
        update_time=now,
        revision=webhook.revision + 1,
    )


def pause_after(delivery: str, tries: int, asked: timedelta | None = None) -> timedelta | None:
    """How long to wait after so many failed tries; None: no further one.

    The receiver may ask for a longer pause, up to a day, never for a shorter one. The jitter comes from the delivery's
    id, so that this stays a pure function while receivers that come back are not met by all at once.
    """
    if tries > len(_PAUSES):
        return None
    share = crc32(f"{delivery}/{tries}".encode()) / 0xFFFFFFFF
    pause = _PAUSES[tries - 1] * (1 - _JITTER + 2 * _JITTER * share)
    return pause if asked is None else max(pause, min(asked, _LONGEST_PAUSE))


def secret_text(secret: bytes) -> str:
    """A secret as receivers configure it."""
    return _SECRET_PREFIX + base64.b64encode(secret).decode()


def signature(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """One entry of the `webhook-signature` header."""
    digest = hmac.digest(secret, f"{message_id}.{timestamp}.".encode() + body, "sha256")
    return "v1," + base64.b64encode(digest).decode()
