"""Issuing an API key. The only moment at which its plain text exists on the server's side."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from aion.adapters.identity import key_text
from aion.adapters.identity.pepper import mac
from aion.adapters.identity.scopes import checked_scopes
from aion.ports.clock import Clock, Entropy
from aion.ports.identity import ApiKey, ApiKeyStore

TENANT_PATTERN: Final = r"^[A-Za-z0-9_-]{1,64}$"
PRINCIPAL_PATTERN: Final = r"^[A-Za-z0-9_.@-]{1,64}$"


def issue_key(
    store: ApiKeyStore,
    clock: Clock,
    entropy: Entropy,
    pepper: bytes,
    *,
    tenant: str,
    principal: str,
    scopes: Iterable[str],
    expire_time: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Stores a new key; returns it and its plain text, which cannot be had again.

    Raises ValueError when a name, a scope or the expiry is not allowed.
    """
    now = clock.now()
    for what, name, pattern in (
        ("tenant", tenant, TENANT_PATTERN),
        ("principal", principal, PRINCIPAL_PATTERN),
    ):
        if re.fullmatch(pattern, name) is None:
            raise ValueError(f"the {what} {name!r} must match {pattern}; choose another name")
    if expire_time is not None and expire_time <= now:
        raise ValueError(f"the key would expire at {expire_time.isoformat()}, which is past")
    plain = key_text.make(entropy.bytes(key_text.KEY_ID_BYTES), entropy.bytes(key_text.SECRET_BYTES))
    key = ApiKey(
        tenant=tenant,
        key_id=plain.key_id,
        principal=principal,
        scopes=checked_scopes(scopes),
        mac=mac(pepper, plain.text),
        create_time=now,
        expire_time=expire_time,
    )
    store.add(tenant, key)
    return key, plain.text
