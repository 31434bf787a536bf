"""The steps of deliveries inside a transaction: claim what is due, write what came of it, clear away what is over.

A claim is a time: the delivery is due again when it runs out, so that a sender that died loses nothing. It remembers
its owner, so that a report that comes too late changes nothing.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from aion.adapters.storage import webhook_statements as sql
from aion.adapters.storage.transaction import Transaction
from aion.adapters.storage.webhook_rows import decode_delivery, decode_webhook, encode_life, us_or_none
from aion.domain.webhooks import AttemptReport, Delivery, DeliveryState, Webhook, attempted, health_after
from aion.ports.webhooks import ClaimDeliveries, DueDelivery

_MOST_LOOKS = 200
"""How many webhooks one claim looks at, at most, so that it never blocks the writers."""

_CLEARED_AT_ONCE = 100
_DISABLED = "the webhook is disabled; enable it, then replay"


class DeliverySteps:
    """Remembers whose turn is next, and how far clearing away came. Runs in the writer."""

    def __init__(self) -> None:
        self._last_served = 0
        self._finished_after = 0

    def claim(self, value: ClaimDeliveries, transaction: Transaction) -> Sequence[DueDelivery]:
        """Goes round the webhooks that are waited for, from the one after the last that was served."""
        claimed: list[DueDelivery] = []
        of_tenant: Counter[str] = Counter()
        for (tenant, _), count in value.held.items():
            of_tenant[tenant] += count
        for seq in self._round(transaction):
            room = value.limit - len(claimed)
            if room <= 0:
                break
            self._last_served = seq
            row = transaction.connection.execute(sql.SELECT_WEBHOOK_BY_SEQ, (seq,)).fetchone()
            webhook = None if row is None else decode_webhook(row[1:])
            if webhook is None or webhook.wish.disabled:
                _clear(seq, webhook, transaction)
                continue
            held = value.held.get((webhook.tenant, webhook.webhook_id), 0)
            room = min(room, value.per_webhook - held, value.per_tenant - of_tenant[webhook.tenant])
            taken = _take(seq, webhook, value, room, transaction) if room > 0 else []
            of_tenant[webhook.tenant] += len(taken)
            claimed.extend(taken)
        transaction.memory.webhooks.refresh_due(transaction.connection)
        return claimed

    def _round(self, transaction: Transaction) -> Iterator[int]:
        """The webhooks with deliveries that wait, each once, a bounded number of them."""
        begun, after, wrapped = self._last_served, self._last_served, False
        for _ in range(_MOST_LOOKS):
            row = transaction.connection.execute(sql.SELECT_WAITED_FOR, (after,)).fetchone()
            if row is None and not wrapped:
                wrapped = True
                row = transaction.connection.execute(sql.SELECT_WAITED_FOR, (0,)).fetchone()
            if row is None or (wrapped and row[0] > begun):
                return
            after = row[0]
            yield after

    def forget_finished(self, older_than_us: int, limit: int, transaction: Transaction) -> int:
        """Deletes finished deliveries that are old, and those of deleted webhooks, of one window of rows."""
        connection = transaction.connection
        window = connection.execute(sql.WINDOW_OF_DELIVERIES, (self._finished_after, limit)).fetchall()
        self._finished_after = window[-1][0] if len(window) == limit else 0
        doomed = [
            (seq,)
            for seq, create_us, next_us, webhook in window
            if webhook is None or (next_us is None and create_us < older_than_us)
        ]
        connection.executemany(sql.DELETE_DELIVERY, doomed)
        return len(doomed)


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
    if known.next_attempt_time != due.delivery.next_attempt_time:
        return None
    after = attempted(known, outcome, transaction.now)
    connection.execute(sql.UPDATE_DELIVERY, (*encode_life(after), row[0]))
    _judge(found[0], decode_webhook(found[1:]), outcome, transaction)
    transaction.memory.webhooks.refresh_due(connection)
    return after


def give_back(owner: str, transaction: Transaction) -> int:
    """Makes the claims of all other owners due at once."""
    given = transaction.connection.execute(sql.GIVE_BACK, (transaction.now_us, owner)).rowcount
    transaction.memory.webhooks.refresh_due(transaction.connection)
    return given


def _take(
    seq: int, webhook: Webhook, value: ClaimDeliveries, room: int, transaction: Transaction
) -> Sequence[DueDelivery]:
    rows = transaction.connection.execute(sql.SELECT_DUE, (seq, transaction.now_us, room)).fetchall()
    taken = []
    for row in rows:
        delivery = replace(
            decode_delivery(row[1:], webhook.webhook_id), next_attempt_time=transaction.now + value.lease_for
        )
        transaction.connection.execute(sql.UPDATE_DELIVERY, (*encode_life(delivery, value.owner), row[0]))
        taken.append(DueDelivery(delivery, webhook))
    return taken


def _clear(seq: int, webhook: Webhook | None, transaction: Transaction) -> None:
    """Nobody wants these any more: deleted with their webhook, or failed because it is disabled."""
    connection = transaction.connection
    for row in connection.execute(sql.SELECT_DUE, (seq, transaction.now_us, _CLEARED_AT_ONCE)).fetchall():
        if webhook is None:
            connection.execute(sql.DELETE_DELIVERY, (row[0],))
            continue
        failed = replace(
            decode_delivery(row[1:], ""), state=DeliveryState.FAILED, last_error=_DISABLED, next_attempt_time=None
        )
        connection.execute(sql.UPDATE_DELIVERY, (*encode_life(failed), row[0]))


def _judge(seq: int, webhook: Webhook, outcome: AttemptReport, transaction: Transaction) -> None:
    """Writes down since when the webhook fails, and disables it when that is enough."""
    since, reason = health_after(webhook, outcome, transaction.now)
    if since == webhook.failing_since and (not reason or webhook.wish.disabled):
        return
    disabled = webhook.wish.disabled or bool(reason)
    reason = webhook.disable_reason if webhook.wish.disabled else reason
    transaction.connection.execute(sql.UPDATE_HEALTH, (int(disabled), reason, us_or_none(since), seq))
    transaction.memory.webhooks.put(webhook.tenant, seq, webhook.webhook_id, replace(webhook.wish, disabled=disabled))
