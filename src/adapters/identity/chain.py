"""Several ways to prove who calls, as one.

Who proves nothing is nobody: there is no anonymous caller and no default tenant.

When a call proves itself twice (a client certificate and an API key), both must belong to one tenant; the
first authenticator that answers names the caller, so the composition root lists API keys, which the
request itself carries, before certificates, which belong to the connection.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aion.domain.errors import Unauthenticated
from aion.domain.identity import Identity
from aion.ports.identity import Authenticator, Credentials


class AuthenticatorChain:
    """Asks every authenticator, each call anew."""

    def __init__(self, authenticators: Sequence[Authenticator]) -> None:
        self._authenticators = tuple(authenticators)

    def authenticate(self, credentials: Credentials) -> Identity:
        """The proven identity. Raises Unauthenticated when nothing was proven, or too much."""
        caller: Identity | None = None
        for authenticator in self._authenticators:
            identity = authenticator.authenticate(credentials)
            if identity is None:
                continue
            if caller is None:
                caller = identity
            elif caller.tenant != identity.tenant:
                raise Unauthenticated("The credentials of this call do not belong together: send one of them.")
        if caller is None:
            raise Unauthenticated(
                "No credentials that AION knows: send `Authorization: Bearer aion_...` "
                "(see `aion keys create`), or over gRPC use a client certificate that principals.yml names."
            )
        return caller


if TYPE_CHECKING:
    _: type[Authenticator] = AuthenticatorChain
