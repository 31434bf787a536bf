"""Who may come in, how often, and at which addresses: what the settings make of authenticators, limits and listeners.

A part of the composition root, and so allowed to name adapters.
"""

from aion.adapters.identity.api_keys import ApiKeyAuthenticator
from aion.adapters.identity.chain import AuthenticatorChain
from aion.adapters.identity.principals import CertificateAuthenticator, read_principals
from aion.adapters.identity.tickets import SealedTickets, TicketAuthenticator
from aion.adapters.limits.token_bucket import TokenBucketLimiter, Unlimited
from aion.adapters.transports.grpc.server import GrpcSettings
from aion.adapters.transports.web.server import HttpSettings
from aion.app.open_files import raise_open_files
from aion.app.settings import Settings
from aion.app.settings_types import Rate
from aion.ports.clock import Clock
from aion.ports.identity import ApiKeyStore, Authenticator
from aion.ports.limits import RateLimiter


def authenticator_of(
    settings: Settings, clock: Clock, keys: ApiKeyStore, pepper: bytes, tickets: SealedTickets
) -> Authenticator:
    """API keys always; client certificates when the operator named principals; tickets of either."""
    by_key = ApiKeyAuthenticator(keys, pepper, clock)
    if settings.principals is None:
        return AuthenticatorChain([TicketAuthenticator(tickets, [by_key], clock), by_key])
    by_name = CertificateAuthenticator(read_principals(settings.principals))
    return AuthenticatorChain([TicketAuthenticator(tickets, [by_key, by_name], clock), by_key, by_name])


def limiter_of(rate: Rate | None, clock: Clock) -> RateLimiter:
    """A bucket a key, or none when the rate is off."""
    return TokenBucketLimiter(clock, rate.every, rate.burst) if rate else Unlimited()


def grpc_settings(settings: Settings) -> GrpcSettings:
    """The public gRPC listener."""
    return GrpcSettings(
        host=settings.grpc_listen.host,
        port=settings.grpc_listen.port,
        max_concurrent_streams=settings.max_concurrent_streams,
        reflection=settings.docs_open,
        cert=settings.tls_cert,
        key=settings.tls_key,
        client_ca=settings.tls_client_ca,
        max_connections=min(settings.max_connections, raise_open_files() // 4),
    )


def http_settings(settings: Settings) -> HttpSettings:
    """The HTTP listener: REST, SSE, WebSocket, Connect, probes."""
    return HttpSettings(
        host=settings.http_listen.host,
        port=settings.http_listen.port,
        cert=settings.tls_cert,
        key=settings.tls_key,
        # The other half is for gRPC, the store and the engine's hosts.
        max_connections=min(settings.max_connections, raise_open_files() // 2),
    )
