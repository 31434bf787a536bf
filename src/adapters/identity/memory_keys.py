"""API keys in memory: for tests, and for a server whose keys live no longer than it does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from aion.ports.identity import ApiKey, ApiKeyStore


class MemoryApiKeyStore:
    """API keys of one process."""

    def __init__(self) -> None:
        self._keys: dict[str, ApiKey] = {}

    def find(self, key_id: str) -> ApiKey | None:
        """The key with this public id."""
        return self._keys.get(key_id)

    def add(self, tenant: str, key: ApiKey) -> None:
        """Keeps a new key; refuses a taken id, and a key of another tenant."""
        if key.tenant != tenant:
            raise ValueError(f"the key belongs to tenant {key.tenant!r}, not {tenant!r}")
        if key.key_id in self._keys:
            raise ValueError(f"the key id {key.key_id} is taken")
        self._keys[key.key_id] = key

    def list(self, tenant: str) -> Sequence[ApiKey]:
        """All keys of a tenant, oldest first."""
        mine = (key for key in self._keys.values() if key.tenant == tenant)
        return sorted(mine, key=lambda key: (key.create_time, key.key_id))

    def revoke(self, tenant: str, key_id: str, now: datetime) -> bool:
        """Revokes a key; the first time counts."""
        key = self._keys.get(key_id)
        if key is None or key.tenant != tenant:
            return False
        if key.revoke_time is None:
            self._keys[key_id] = replace(key, revoke_time=now)
        return True


if TYPE_CHECKING:
    _: type[ApiKeyStore] = MemoryApiKeyStore
