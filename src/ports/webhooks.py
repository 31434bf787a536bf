"""Webhooks as AION needs them: where they are kept, who may be called, how a call is made, how secrets rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from aion.domain.identity import SystemScope
from aion.domain.tasks import Task
from aion.domain.webhooks import AttemptReport, Delivery, Webhook, WebhookWish
from aion.domain.writes import IdempotencyKey


@dataclass(frozen=True, slots=True)
class WebhookPosition:
    """A place in a list: the time in microseconds and the id of the last item that was seen."""

    create_time_us: int
    item_id: str


@dataclass(frozen=True, slots=True)
class ClaimDeliveries:
    """Asks for deliveries that are due, for one sender incarnation.

    At most `limit` in all, `per_webhook` of one webhook and `per_tenant` of one tenant, each counted together with what
    `held` says is under way: so that a slow receiver holds up nobody but itself. For the same reason half of all places
    (`limit` and what is held) are for tenants that hold none, half of a tenant's are for webhooks that hold none, and a
    webhook that fails has one. A claim runs out after `lease_for`.
    """

    owner: str
    limit: int
    per_webhook: int
    per_tenant: int
    lease_for: timedelta
    held: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """How many deliveries of (tenant, webhook id) this owner is sending now."""


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """A claimed delivery and the webhook as it was when it was claimed.

    `claim` tells this claim from the next one of the same owner.
    """

    delivery: Delivery
    webhook: Webhook
    claim: int


@dataclass(frozen=True, slots=True)
class Issued:
    """A secret that was made, sealed, and its webhook as it is now. `old_until` is when the one that it replaced stops
    to sign.
    """

    webhook: Webhook
    sealed: bytes
    old_until: datetime | None = None


class WebhookStore(Protocol):
    """The webhooks of a tenant and their deliveries.

    When a task ends, one delivery is made for every webhook of its tenant that wants it, in the transaction that ends
    the task: exactly one for each (webhook, ended task), whatever crashes. A tenant without webhooks pays nothing. When
    MOST_WAITING of them wait for a webhook already, the next one is FAILED from the start; it can be replayed. A task
    is kept while a delivery of it waits.

    A call with a `key` is answered as the first call with it was, for as long as the key is kept; IdempotencyKeyReused
    when its fingerprint is another, WebhookNotFound when its webhook is deleted.
    Raises StoreUnavailable when the store cannot answer, and OutcomeUnknown when a commit failed.
    """

    async def create(self, tenant: str, webhook: Webhook, most: int, key: IdempotencyKey | None = None) -> Issued:
        """Stores a new webhook. Raises LimitReached when the tenant has `most` of them."""
        ...

    async def issued(self, tenant: str, key: IdempotencyKey) -> Issued | None:
        """What `key` was answered with; None when it is free. Raises IdempotencyKeyReused and WebhookNotFound."""
        ...

    async def get(self, tenant: str, webhook_id: str) -> Webhook:
        """The webhook. Raises WebhookNotFound, the same for 'not there' and 'not yours'."""
        ...

    async def list(self, tenant: str, after: WebhookPosition | None, limit: int) -> Sequence[Webhook]:
        """Up to `limit` webhooks, oldest first (create_time, then id), strictly after `after`."""
        ...

    async def update(self, tenant: str, webhook_id: str, wish: WebhookWish, etag: str = "") -> Webhook:
        """The webhook with a new wish (`aion.domain.webhooks.after_update`); its secrets stay. Raises WebhookNotFound.

        Raises ChangedMeanwhile when `etag` is not empty and not its current one, unless the last change was this very
        update: then it is answered as before.
        """
        ...

    async def rotate(self, tenant: str, webhook_id: str, sealed: bytes, key: IdempotencyKey | None = None) -> Issued:
        """The webhook after `sealed` took over from its current secret. Raises WebhookNotFound."""
        ...

    async def delete(self, tenant: str, webhook_id: str) -> None:
        """Deletes it; what waits for it is never sent. Raises WebhookNotFound."""
        ...

    async def deliveries(
        self, tenant: str, webhook_id: str, after: WebhookPosition | None, limit: int
    ) -> Sequence[Delivery]:
        """Up to `limit` deliveries of a webhook, newest first, strictly after `after`. Raises WebhookNotFound."""
        ...

    async def replay(self, tenant: str, webhook_id: str, delivery_id: str) -> Delivery:
        """The delivery, PENDING and due now, with the same id and a fresh schedule of tries.

        One that is just being sent stays as it is. Raises WebhookNotFound and DeliveryNotFound; WebhookDisabled for a
        webhook that is disabled, LimitReached when MOST_WAITING wait for it.
        """
        ...


class DeliveryQueue(Protocol):
    """Deliveries that wait, across tenants. An attempt is made at least once: a claim that ran out is given again."""

    async def claim(self, scope: SystemScope, value: ClaimDeliveries) -> Sequence[DueDelivery]:
        """Deliveries whose time has come, fair between webhooks, the longest due first within one. May be empty.

        One whose webhook is disabled meanwhile fails here instead; one whose webhook was deleted is deleted.
        """
        ...

    async def report(self, scope: SystemScope, owner: str, due: DueDelivery, report: AttemptReport) -> Delivery | None:
        """Writes what came of an attempt, to the delivery (`aion.domain.webhooks.attempted`) and to the webhook
        (`after_attempt`).

        None, and nothing is written, when the owner no longer holds the claim or the webhook is deleted.
        """
        ...

    async def give_back(self, scope: SystemScope, owner: str) -> int:
        """Makes every claim of owners other than `owner` due at once: they are gone. How many there were."""
        ...

    async def next_due(self, scope: SystemScope) -> datetime | None:
        """When the next delivery is due, claimed ones when their claim runs out; None when none waits. Cheap."""
        ...

    async def forget_finished(self, scope: SystemScope, older_than: datetime, limit: int) -> int:
        """Looks at up to `limit` deliveries and deletes finished ones that were made and last tried before; how many.

        Those of deleted webhooks go with them. Writes nothing when there is nothing to delete, and does not even look
        when there is no webhook and was nothing to delete.
        """
        ...


class WebhookGuard(Protocol):
    """Says whom AION may call: by default HTTPS on port 443 and public addresses only.

    Names that are slow to resolve cost the tenant whose they are, no other.
    """

    async def check(self, tenant: str, url: str) -> None:
        """Raises WebhookUrlRefused with the reason; it never names an address that a host name resolved to.

        Raises TooManyWaiters when the tenant has too many names under way already: it says nothing about the URL.
        """
        ...


class WebhookSender(Protocol):
    """Makes one attempt.

    The guard's rules hold for the very connection that is made: the address that was checked is the one that is called.
    No redirect is followed, no proxy is asked, the whole attempt ends within its time and reads a bounded answer.
    """

    async def send(self, tenant: str, url: str, headers: Mapping[str, str], body: bytes) -> AttemptReport:
        """What came of it; never raises for anything that the receiver or the network does."""
        ...

    async def close(self) -> None:
        """Lets go of connections."""
        ...


class WebhookPayload(Protocol):
    """Writes the message about an ended task."""

    def __call__(self, event: str, task: Task) -> bytes:
        """The JSON body, about the task as it is now."""
        ...


class SecretUnreadable(Exception):
    """A sealed secret cannot be opened with this data directory's key."""


class SecretBox(Protocol):
    """Keeps secrets unreadable for whoever has the database alone."""

    def seal(self, binding: str, secret: bytes) -> bytes:
        """The sealed secret; `binding` names what it belongs to."""
        ...

    def open(self, binding: str, sealed: bytes) -> bytes:
        """The secret. Raises SecretUnreadable for one that was sealed for another binding, elsewhere, or changed."""
        ...


class DeliveryObserver(Protocol):
    """Told of attempts; cheap, never raises."""

    def attempted(self, delivery: Delivery, report: AttemptReport, took: timedelta) -> None:
        """An attempt was made and written down; `delivery` is as it is afterwards."""
        ...
