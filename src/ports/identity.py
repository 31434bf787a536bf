"""Who is calling: credentials in, identity out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple, Protocol

from aion.domain.identity import Identity


# A tuple with names: every call makes two, and a frozen dataclass costs twice as much.
class Credentials(NamedTuple):
    """What a transport saw: lower-case header or metadata names, and names from a verified client certificate.

    `certificate_names` are SPIFFE URIs or DNS names that the TLS layer has verified; empty without mTLS. `ticket` comes
    from the few transports that take one; `opened` says that it has opened this stream or connection before, so that
    only the credential behind it counts, and no longer its own expire time.
    """

    headers: Mapping[str, str] = MappingProxyType({})
    certificate_names: tuple[str, ...] = ()
    peer: str = ""
    ticket: str = ""
    opened: bool = False


class Authenticator(Protocol):
    """One way to prove who calls."""

    def authenticate(self, credentials: Credentials) -> Identity | None:
        """The identity, or None when these credentials are not of this kind.

        Raises Unauthenticated when they are of this kind and wrong; the message never says which part.
        """
        ...


class CredentialBook(Protocol):
    """Knows credentials by their names, without their secrets."""

    def standing(self, credential: str) -> Identity | None:
        """Who a credential (`Identity.credential`) proves now; None when it is of another kind.

        Raises Unauthenticated when it is of this kind and no longer proves anybody: revoked, expired, gone.
        """
        ...


@dataclass(frozen=True, slots=True)
class TicketGrant:
    """What a ticket lets its holder do, and which credential it stands for."""

    tenant: str
    principal: str
    scopes: frozenset[str]
    task_id: str
    credential: str
    expire_time: datetime


class TicketMint(Protocol):
    """Makes tickets: short-lived stand-ins for a credential, for browsers, which set no headers on streams."""

    def mint(self, grant: TicketGrant) -> str:
        """A ticket, a secret, URL-safe. It can be read and made here only, and proves nobody once its credential
        does not.
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
