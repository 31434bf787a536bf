"""The statements of API keys."""

from sqlalchemy import func, or_, select, update

from aion.adapters.storage.compiling import compiled, compiled_insert, parameter
from aion.adapters.storage.tables import api_keys

_API_KEY = ("key_id", "tenant_id", "principal", "scopes", "mac", "create_us", "expire_us", "revoke_us")
_api_key_columns = [api_keys.c[name] for name in _API_KEY]
INSERT_API_KEY = compiled_insert(api_keys, _API_KEY)
SELECT_API_KEY = compiled(select(*_api_key_columns).where(api_keys.c.key_id == parameter("key")), "key")
SELECT_API_KEYS = compiled(
    select(*_api_key_columns)
    .where(api_keys.c.tenant_id == parameter("tenant"))
    .order_by(api_keys.c.create_us, api_keys.c.key_id),
    "tenant",
)
# The first revocation is the one that counts.
REVOKE_API_KEY = compiled(
    update(api_keys)
    .where(api_keys.c.tenant_id == parameter("tenant"), api_keys.c.key_id == parameter("key"))
    .values(revoke_us=func.coalesce(api_keys.c.revoke_us, parameter("now"))),
    "now",
    "tenant",
    "key",
)
COUNT_API_KEYS_IN_FORCE = compiled(
    select(func.count())
    .select_from(api_keys)
    .where(
        api_keys.c.revoke_us.is_(None),
        or_(api_keys.c.expire_us.is_(None), api_keys.c.expire_us > parameter("now")),
    ),
    "now",
)
REVOKE_ALL_API_KEYS = compiled(
    update(api_keys).where(api_keys.c.revoke_us.is_(None)).values(revoke_us=parameter("now")), "now"
)
