"""The statements of webhooks and their deliveries, compiled once."""

from sqlalchemy import delete, func, literal_column, null, select, tuple_, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.sql import ColumnElement

from aion.adapters.storage.compiling import ZERO, compiled, compiled_insert, parameter
from aion.adapters.storage.tables import webhook_deliveries as deliveries
from aion.adapters.storage.tables import webhook_keys as keys
from aion.adapters.storage.tables import webhooks
from aion.adapters.storage.webhooks.codec import (
    DELIVERY_COLUMNS,
    LIFE_COLUMNS,
    STATE_COLUMNS,
    WEBHOOK_COLUMNS,
    WISH_COLUMNS,
)

_webhook = [webhooks.c.seq, *(webhooks.c[name] for name in WEBHOOK_COLUMNS)]
_delivery = [deliveries.c.seq, *(deliveries.c[name] for name in DELIVERY_COLUMNS)]
_waits = deliveries.c.next_us.is_not(None)

INSERT_WEBHOOK = compiled_insert(webhooks, WEBHOOK_COLUMNS)
SELECT_WEBHOOK = compiled(
    select(*_webhook).where(webhooks.c.tenant_id == parameter("tenant"), webhooks.c.webhook_id == parameter("webhook")),
    "tenant",
    "webhook",
)
COUNT_WEBHOOKS = compiled(
    select(func.count()).select_from(webhooks).where(webhooks.c.tenant_id == parameter("tenant")), "tenant"
)
SELECT_WEBHOOKS = compiled(
    select(*_webhook)
    .where(
        webhooks.c.tenant_id == parameter("tenant"),
        tuple_(webhooks.c.create_us, webhooks.c.webhook_id) > tuple_(parameter("after_us"), parameter("after_id")),
    )
    .order_by(webhooks.c.create_us, webhooks.c.webhook_id)
    .limit(parameter("rows"))
    .offset(ZERO),
    "tenant",
    "after_us",
    "after_id",
    "rows",
)
SELECT_WISHES = compiled(
    select(webhooks.c.seq, webhooks.c.tenant_id, webhooks.c.webhook_id, *(webhooks.c[name] for name in WISH_COLUMNS))
)
UPDATE_WEBHOOK = compiled(
    update(webhooks)
    .where(webhooks.c.seq == parameter("row"))
    .values({name: parameter(name) for name in (*WISH_COLUMNS, *STATE_COLUMNS)}),
    *WISH_COLUMNS,
    *STATE_COLUMNS,
    "row",
)
UPDATE_SECRETS = compiled(
    update(webhooks)
    .where(webhooks.c.seq == parameter("row"))
    .values({name: parameter(name) for name in ("secret", "old_secret", "old_until_us")}),
    "secret",
    "old_secret",
    "old_until_us",
    "row",
)
DELETE_WEBHOOK = compiled(delete(webhooks).where(webhooks.c.seq == parameter("row")), "row")

INSERT_DELIVERY = compiled_insert(deliveries, DELIVERY_COLUMNS)
SELECT_DELIVERY = compiled(
    select(*_delivery).where(
        deliveries.c.webhook_seq == parameter("webhook"), deliveries.c.delivery_id == parameter("delivery")
    ),
    "webhook",
    "delivery",
)
SELECT_DELIVERIES = compiled(
    select(*_delivery)
    .where(
        deliveries.c.webhook_seq == parameter("webhook"),
        tuple_(deliveries.c.create_us, deliveries.c.delivery_id)
        < tuple_(parameter("before_us"), parameter("before_id")),
    )
    .order_by(deliveries.c.create_us.desc(), deliveries.c.delivery_id.desc())
    .limit(parameter("rows"))
    .offset(ZERO),
    "webhook",
    "before_us",
    "before_id",
    "rows",
)
UPDATE_DELIVERY = compiled(
    update(deliveries)
    .where(deliveries.c.seq == parameter("row"))
    .values({name: parameter(name) for name in LIFE_COLUMNS}),
    *LIFE_COLUMNS,
    "row",
)

SELECT_WAITED_FOR = compiled(
    select(deliveries.c.webhook_seq, func.min(deliveries.c.next_us), func.count())
    .join(webhooks, webhooks.c.seq == deliveries.c.webhook_seq)
    .where(_waits)
    .group_by(deliveries.c.webhook_seq)
)
SELECT_NEXT_DUE = compiled(
    select(func.min(deliveries.c.next_us)).where(deliveries.c.webhook_seq == parameter("webhook"), _waits), "webhook"
)
SELECT_DUE = compiled(
    select(*_delivery)
    .where(deliveries.c.webhook_seq == parameter("webhook"), _waits, deliveries.c.next_us <= parameter("now"))
    .order_by(deliveries.c.next_us)
    .limit(parameter("rows"))
    .offset(ZERO),
    "webhook",
    "now",
    "rows",
)
GIVE_BACK = compiled(
    update(deliveries)
    .where(_waits, deliveries.c.claim_owner.is_not(None), deliveries.c.claim_owner != parameter("owner"))
    .values(next_us=parameter("now"), claim_owner=null()),
    "now",
    "owner",
)
# One that was replayed is as old as its last attempt.
_last_us = func.max(deliveries.c.create_us, func.coalesce(deliveries.c.last_attempt_us, ZERO))
WINDOW_OF_DELIVERIES = compiled(
    select(deliveries.c.seq, _last_us, deliveries.c.next_us, webhooks.c.seq)
    .select_from(deliveries.outerjoin(webhooks, webhooks.c.seq == deliveries.c.webhook_seq))
    .where(deliveries.c.seq > parameter("after"))
    .order_by(deliveries.c.seq)
    .limit(parameter("rows"))
    .offset(ZERO),
    "after",
    "rows",
)
DELETE_DELIVERY = compiled(delete(deliveries).where(deliveries.c.seq == parameter("row")), "row")
DELETE_FINISHED = compiled(
    delete(deliveries).where(deliveries.c.seq == parameter("row"), deliveries.c.next_us.is_(None)), "row"
)

_KEY = ("tenant_id", "principal", "operation", "key")
_ISSUED = ("fingerprint", "webhook_id", "secret", "old_until_us")
_put_key = insert(keys).values({name: parameter(name) for name in (*_KEY, *_ISSUED, "expire_us")})
# An expired key is free again.
PUT_KEY = compiled(
    _put_key.on_conflict_do_update(
        index_elements=_KEY, set_={name: _put_key.excluded[name] for name in (*_ISSUED, "expire_us")}
    ),
    *_KEY,
    *_ISSUED,
    "expire_us",
)
SELECT_ISSUED = compiled(
    select(*(keys.c[name] for name in _ISSUED)).where(
        *(keys.c[name] == parameter(name) for name in _KEY), keys.c.expire_us > parameter("now")
    ),
    *_KEY,
    "now",
)
_rowid: ColumnElement[int] = literal_column("rowid")
DELETE_EXPIRED_KEYS = compiled(
    delete(keys).where(
        _rowid.in_(
            select(_rowid)
            .select_from(keys)
            .where(keys.c.expire_us <= parameter("now"))
            .order_by(keys.c.expire_us)
            .limit(parameter("rows"))
            .offset(ZERO)
        )
    ),
    "now",
    "rows",
)
COUNT_ALL_WEBHOOKS = compiled(select(func.count()).select_from(webhooks))
DELETE_ALL_WEBHOOKS = compiled(delete(webhooks))
DELETE_ALL_KEYS = compiled(delete(keys))
