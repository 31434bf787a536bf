"""How much of large bodies and messages AION holds before they become calls, over all connections of HTTP and of the
WebSocket; one tenant at most half of it.

Without that bound each connection could hold as much as the largest one has, by never sending its last byte, or by
sending more than its rate lets in.
"""

from dataclasses import dataclass, field
from typing import Final

BYTES: Final = 256 << 20


@dataclass(slots=True)
class Reservoir:
    """Counts bytes by tenant."""

    most: int = BYTES
    _held: int = 0
    _by_tenant: dict[str, int] = field(default_factory=dict)

    def share_of(self, tenant: str) -> "Share":
        """What a connection, or a body, of the tenant counts into."""
        return Share(self, tenant)

    def take(self, tenant: str, size: int) -> bool:
        """Counts so many bytes more, if there is room."""
        mine = self._by_tenant.get(tenant, 0) + size
        if self._held + size > self.most or mine > self.most // 2:
            return False
        self._held += size
        self._by_tenant[tenant] = mine
        return True

    def give(self, tenant: str, size: int) -> None:
        """They are held no longer."""
        self._held -= size
        self._by_tenant[tenant] -= size
        if not self._by_tenant[tenant]:
            del self._by_tenant[tenant]


@dataclass(slots=True)
class Share:
    """What one connection, or one body, holds."""

    reservoir: Reservoir
    tenant: str
    held: int = 0

    def take(self, size: int) -> bool:
        """Counts so many bytes more, if there is room."""
        if not self.reservoir.take(self.tenant, size):
            return False
        self.held += size
        return True

    def give(self, size: int) -> None:
        """So many bytes are held no longer."""
        if size:
            self.reservoir.give(self.tenant, size)
            self.held -= size
