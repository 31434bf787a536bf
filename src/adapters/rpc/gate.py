"""Who comes, and whether they come too often: what is known of a caller before anything that they send is read."""

from dataclasses import dataclass
from datetime import timedelta

from aion.domain.errors import RateLimited
from aion.domain.identity import Identity
from aion.ports.identity import Authenticator, Credentials
from aion.ports.limits import RateLimiter


@dataclass(frozen=True, slots=True)
class Gate:
    """Proofs and rates. `key_limit` counts known callers, `peer_limit` addresses."""

    authenticator: Authenticator
    key_limit: RateLimiter
    peer_limit: RateLimiter

    def identify(self, credentials: Credentials, *, counted: bool = False) -> Identity:
        """Whoever shows these credentials, counted against both rates; `counted`: the address has been already. Raises
        RateLimited and Unauthenticated.
        """
        if not counted:
            self.count(credentials.peer)  # before authentication: to guess keys is limited too
        identity = self.authenticate(credentials)
        _within(self.charge(identity))
        return identity

    def authenticate(self, credentials: Credentials) -> Identity:
        """Whoever shows these credentials. Raises Unauthenticated."""
        identity = self.authenticator.authenticate(credentials)
        if identity is None:
            raise RuntimeError("the outermost authenticator must raise, not pass")
        return identity

    def count(self, peer: str) -> None:
        """Counts a call against the rate of its address. Raises RateLimited."""
        _within(self.peer_limit.take(peer))

    def charge(self, identity: Identity) -> timedelta | None:
        """Counts a call against its caller's rate. None when it is within that, else how long it is until it would be:
        then it was not counted.
        """
        return self.key_limit.take(f"{identity.tenant}/{identity.principal}")


def _within(pause: timedelta | None) -> None:
    if pause is not None:
        raise RateLimited(f"too many requests; try again in {pause.total_seconds():.3f} s", retry_after=pause)
