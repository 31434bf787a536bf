"""API keys as credentials: `Authorization: Bearer aion_...` or `x-api-key: aion_...`.

A key that was just proven is remembered for a moment by its SHA-256, never by its text. So a hot key costs
no look into the store, a revoked one is noticed everywhere within `REMEMBER_FOR`, and memory holds nothing
that could be replayed. A key that fails is not remembered: unknown, wrong, expired and revoked cost the
same and sound the same.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING, Final, NamedTuple

from aion.adapters.identity.key_text import LENGTH, PREFIX, is_genuine, public_part
from aion.adapters.identity.pepper import mac
from aion.domain.errors import Unauthenticated
from aion.domain.identity import Identity
from aion.ports.clock import Clock
from aion.ports.identity import ApiKey, ApiKeyStore, Authenticator, CredentialBook, Credentials

REMEMBER_FOR: Final = timedelta(seconds=1)
"""Short, since streams are authorised again every few seconds and the two add up to the promised five."""

_MOST_REMEMBERED: Final = 10_000
_NO_MAC: Final = bytes(32)
_BEARER: Final = "bearer"
_CREDENTIAL: Final = "key:"


class _Proven(NamedTuple):
    until: float
    expire_time: datetime | None
    identity: Identity


class ApiKeyAuthenticator:
    """Knows the keys of a store."""

    def __init__(self, store: ApiKeyStore, pepper: bytes, clock: Clock) -> None:
        self._store = store
        self._pepper = pepper
        self._clock = clock
        self._proven: dict[bytes, _Proven] = {}

    def authenticate(self, credentials: Credentials) -> Identity | None:
        """The identity of the key; None when the call carries no AION key."""
        text = _key_in(credentials)
        if text is None:
            return None
        if len(text) != LENGTH or not text.isascii():
            raise _refused()
        digest = sha256(text.encode()).digest()
        proven = self._proven.get(digest)
        if proven is None or proven.until <= self._clock.monotonic():
            proven = self._prove(text, digest)
        if proven.expire_time is not None and proven.expire_time <= self._clock.now():
            raise _refused()
        return proven.identity

    def standing(self, credential: str) -> Identity | None:
        """Who the named key proves now; None when it is no key's name."""
        if not credential.startswith(_CREDENTIAL):
            return None
        key = self._store.find(credential.removeprefix(_CREDENTIAL))
        expired = key is not None and key.expire_time is not None and key.expire_time <= self._clock.now()
        if key is None or key.revoke_time is not None or expired:
            raise _refused()
        return _identity_of(key)

    def _prove(self, text: str, digest: bytes) -> _Proven:
        self._proven.pop(digest, None)
        if not is_genuine(text):
            raise _refused()
        key = self._store.find(public_part(text))
        equal = compare_digest(mac(self._pepper, text), key.mac if key else _NO_MAC)
        if key is None or not equal or key.revoke_time is not None:
            raise _refused()
        until = self._clock.monotonic() + REMEMBER_FOR.total_seconds()
        proven = _Proven(until, key.expire_time, _identity_of(key))
        if len(self._proven) >= _MOST_REMEMBERED:
            del self._proven[next(iter(self._proven))]
        self._proven[digest] = proven
        return proven


def _key_in(credentials: Credentials) -> str | None:
    """The one key that was sent. Raises Unauthenticated when two credentials contradict each other."""
    headers = credentials.headers
    given = headers.get("authorization", "")
    scheme, _, secret = given.partition(" ")
    bearer = secret.strip() if scheme.lower() == _BEARER else ""
    own = headers.get("x-api-key", "")
    if own:
        if given and bearer != own:
            raise Unauthenticated("Authorization and x-api-key differ: send one of them.")
        return own
    return bearer if bearer.startswith(PREFIX) else None


def _identity_of(key: ApiKey) -> Identity:
    return Identity(key.tenant, key.principal, key.scopes, credential=_CREDENTIAL + key.key_id)


def _refused() -> Unauthenticated:
    return Unauthenticated("The API key is not valid; `aion keys list` shows which keys are.")


if TYPE_CHECKING:
    _: type[Authenticator] = ApiKeyAuthenticator
    _book: type[CredentialBook] = ApiKeyAuthenticator
