"""Who is calling: credentials in, identity out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from aion.domain.identity import Identity


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a transport saw: lower-case header or metadata names, and names from a verified client certificate.

    `certificate_names` are SPIFFE URIs or DNS names that the TLS layer has verified; empty without mTLS.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    certificate_names: tuple[str, ...] = ()
    peer: str = ""


class Authenticator(Protocol):
    """One way to prove who calls."""

    def authenticate(self, credentials: Credentials) -> Identity | None:
        """The identity, or None when these credentials are not of this kind.

        Raises Unauthenticated when they are of this kind and wrong; the message never says which part.
        """
        ...


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A stored API key. The secret is never stored, only its HMAC; `key_id` is its public prefix."""

    tenant: str
    key_id: str
    principal: str
    scopes: frozenset[str]
    mac: bytes
    create_time: datetime
    expire_time: datetime | None = None
    revoke_time: datetime | None = None


class ApiKeyStore(Protocol):
    """Where API keys live. Written by the operator's commands, also while a server runs."""

    def find(self, key_id: str) -> ApiKey | None:
        """The key with this public id, of whichever tenant.

        The one look-up without a tenant or a system scope: nobody is known yet, its answer says which tenant calls.
        """
        ...

    def add(self, tenant: str, key: ApiKey) -> None:
        """Stores a new key. Raises ValueError when its id is taken."""
        ...

    def list(self, tenant: str) -> Sequence[ApiKey]:
        """All keys of a tenant, oldest first, revoked ones too."""
        ...

    def revoke(self, tenant: str, key_id: str, now: datetime) -> bool:
        """Revokes a key; False when the tenant has none such. Idempotent. Running servers notice within 5 s."""
        ...
