"""The steps of deliveries inside a transaction: claim what is due, write what came of it.

A claim is a time: the delivery is due again when it runs out, so that a sender that died loses nothing. It remembers
its owner, so that a report that comes too late changes nothing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from aion.adapters.storage.times import to_us
from aion.adapters.storage.transaction import Transaction
from aion.adapters.storage.webhooks import statements as sql
from aion.adapters.storage.webhooks.codec import decode_delivery, decode_webhook, encode_life, encode_state, encode_wish
from aion.domain.webhooks import AttemptReport, Delivery, DeliveryState, Webhook, after_attempt, attempted
from aion.ports.webhooks import ClaimDeliveries, DueDelivery

_MOST_LOOKS = 200
"""How many webhooks with something due one claim looks at, at most, so that it never blocks the writers."""

_CLEARED_AT_ONCE = 100
_DISABLED = "the webhook is disabled; enable it, then replay"


def claim(value: ClaimDeliveries, transaction: Transaction) -> Sequence[DueDelivery]:
    """Goes round the webhooks with something due, from the one after the last that was served."""
    index, claimed, places = transaction.memory.webhooks, list[DueDelivery](), Places(value)
    for key in index.turns.round(transaction.now_us, _MOST_LOOKS):
        row = transaction.connection.execute(sql.SELECT_WEBHOOK, key).fetchone()
        seq, webhook = row[0], decode_webhook(row[1:])
        if webhook.wish.disabled:
            _clear(seq, webhook, transaction)
        elif (room := places.room(webhook)) > 0:
            taken = _take(seq, webhook, value, room, transaction)
            places.take(webhook, len(taken))
            claimed.extend(taken)
        else:
            continue
        index.refresh_due(transaction.connection, key, seq, transaction.now_us)
        if places.left <= 0:
            break
    return claimed


class Places:
    """Who may send how much at once.

    Each webhook has its first place before any has a second one: half of all places, and half of a tenant's, are for
    those that have none yet; and one that fails, or never answers, has one place only until it answers.
    """

    def __init__(self, value: ClaimDeliveries) -> None:
        self._value = value
        self._held = Counter(value.held)
        self._of_tenant: Counter[str] = Counter()
        for (tenant, _), count in value.held.items():
            self._of_tenant[tenant] += count
        self._at_once = value.limit + self._held.total()

    @property
    def left(self) -> int:
        """How many places nobody has."""
        return self._at_once - self._held.total()

    def room(self, webhook: Webhook) -> int:
        """How many more this webhook may send now."""
        value, of_tenant = self._value, self._of_tenant[webhook.tenant]
        held = self._held[webhook.tenant, webhook.webhook_id]
        most = value.per_webhook if webhook.failing_since is None else 1
        shared = self.left - self._at_once // 2
        first = 0
        if not held:
            first = min(1, value.per_tenant - of_tenant, shared if of_tenant else self.left)
        more = min(most - held, value.per_tenant // 2 - of_tenant, shared)
        return max(first, more, 0)

    def take(self, webhook: Webhook, count: int) -> None:
        """It sends so many more."""
        self._held[webhook.tenant, webhook.webhook_id] += count
        self._of_tenant[webhook.tenant] += count


def report(owner: str, due: DueDelivery, outcome: AttemptReport, transaction: Transaction) -> Delivery | None:
    """Writes what came of an attempt, if the claim still holds."""
    connection, webhook = transaction.connection, due.webhook
    found = connection.execute(sql.SELECT_WEBHOOK, (webhook.tenant, webhook.webhook_id)).fetchone()
    if found is None:
        return None
    row = connection.execute(sql.SELECT_DELIVERY, (found[0], due.delivery.delivery_id)).fetchone()
    if row is None or row[-1] != owner:
        return None
    known = decode_delivery(row[1:], webhook.webhook_id)
    if known.next_attempt_time is None or _claim(known.next_attempt_time, transaction) != due.claim:
        return None
    after = attempted(known, outcome, transaction.now)
    connection.execute(sql.UPDATE_DELIVERY, (*encode_life(after), row[0]))
    index, key = transaction.memory.webhooks, (webhook.tenant, webhook.webhook_id)
    if after.state is not DeliveryState.PENDING:
        index.turns.over(key)
    index.refresh_due(connection, key, found[0], transaction.now_us)
    _judge(found[0], decode_webhook(found[1:]), outcome, transaction)
    return after


def give_back(owner: str, transaction: Transaction) -> int:
    """Makes the claims of all other owners due at once."""
    given = transaction.connection.execute(sql.GIVE_BACK, (transaction.now_us, owner)).rowcount
    transaction.memory.webhooks.load_turns(transaction.connection)
    return given


def _take(
    seq: int, webhook: Webhook, value: ClaimDeliveries, room: int, transaction: Transaction
) -> Sequence[DueDelivery]:
    rows = transaction.connection.execute(sql.SELECT_DUE, (seq, transaction.now_us, room)).fetchall()
    runs_out, taken = transaction.now + value.lease_for, []
    for row in rows:
        delivery = replace(decode_delivery(row[1:], webhook.webhook_id), next_attempt_time=runs_out)
        transaction.connection.execute(sql.UPDATE_DELIVERY, (*encode_life(delivery, value.owner), row[0]))
        taken.append(DueDelivery(delivery, webhook, _claim(runs_out, transaction)))
    return taken


def _claim(runs_out: datetime, transaction: Transaction) -> int:
    """When it runs out by a clock that nobody sets: a claim that moved with the clock is still the same one."""
    return to_us(runs_out - transaction.memory.clock_set_by)


def _clear(seq: int, webhook: Webhook, transaction: Transaction) -> None:
    """What is due of a disabled webhook fails."""
    connection = transaction.connection
    rows = connection.execute(sql.SELECT_DUE, (seq, transaction.now_us, _CLEARED_AT_ONCE)).fetchall()
    for row in rows:
        failed = replace(
            decode_delivery(row[1:], ""), state=DeliveryState.FAILED, last_error=_DISABLED, next_attempt_time=None
        )
        connection.execute(sql.UPDATE_DELIVERY, (*encode_life(failed), row[0]))
    transaction.memory.webhooks.turns.over((webhook.tenant, webhook.webhook_id), len(rows))


def _judge(seq: int, webhook: Webhook, outcome: AttemptReport, transaction: Transaction) -> None:
    """Writes down since when the webhook fails, and disables it when that is enough."""
    after = after_attempt(webhook, outcome, transaction.now)
    if after == webhook:
        return
    transaction.connection.execute(sql.UPDATE_WEBHOOK, (*encode_wish(after.wish), *encode_state(after), seq))
    if after.wish != webhook.wish:
        transaction.memory.webhooks.put(webhook.tenant, seq, webhook.webhook_id, after.wish)
