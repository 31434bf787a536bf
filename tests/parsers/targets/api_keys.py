"""The text of an API key, in either header."""

from aion.adapters.clock import SystemClock, SystemEntropy
from aion.adapters.identity.api_keys import ApiKeyAuthenticator
from aion.adapters.identity.issue import issue_key
from aion.adapters.identity.key_text import KEY_ID_BYTES, SECRET_BYTES, make
from aion.adapters.identity.memory_keys import MemoryApiKeyStore
from aion.domain.errors import Unauthenticated
from aion.ports.identity import Credentials

_PEPPER = b"pepper"
_store = MemoryApiKeyStore()
_authenticator = ApiKeyAuthenticator(_store, _PEPPER, SystemClock())
_KEY = issue_key(
    _store, SystemClock(), SystemEntropy(), _PEPPER, tenant="acme", principal="svc", scopes=["tasks:read"]
)[1]
SEEDS = (
    f"Bearer {_KEY}\n".encode(),
    f"\n{_KEY}".encode(),
    f"Bearer {_KEY}\n{_KEY}".encode(),
    make(b"\xff" * KEY_ID_BYTES, b"\xff" * SECRET_BYTES).text.encode() + b"\naion_",
    b"bearer aion_ticket_x\naion_",
)
REFUSALS = (Unauthenticated,)


def target(data: bytes) -> None:
    """Whoever is let in has shown the one key that there is."""
    authorization, _, own = data.decode("latin-1").partition("\n")
    identity = _authenticator.authenticate(Credentials({"authorization": authorization, "x-api-key": own}, (), "peer"))
    assert identity is None or _KEY in data.decode("latin-1")
