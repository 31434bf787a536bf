"""What comes beside the message of a gRPC call: its metadata, and who is at the other end."""

from typing import TYPE_CHECKING

from grpc import aio

from aion.adapters.transports.http.headers import joined

if TYPE_CHECKING:
    # grpcio's classes are generic in their stubs only.
    Context = aio.ServicerContext[bytes, bytes]
else:
    Context = aio.ServicerContext


def headers_of(context: Context) -> dict[str, str]:
    """The text metadata, as HTTP's headers are read. Binary metadata is not ours."""
    metadata = context.invocation_metadata() or ()
    return joined((name, value) for name, value in metadata if isinstance(value, str))


def certificate_names(context: Context) -> tuple[str, ...]:
    """The names of a verified client certificate: SPIFFE and other URIs, and DNS names."""
    facts = context.auth_context()
    names = [*facts.get("peer_spiffe_id", ()), *facts.get("peer_uri", ()), *facts.get("peer_dns", ())]
    return tuple(dict.fromkeys(name.decode("ascii", "replace") for name in names))


def address(peer: str) -> str:
    """`ipv4:127.0.0.1:4711` as `127.0.0.1`."""
    kind, _, rest = peer.partition(":")
    if kind not in ("ipv4", "ipv6"):
        return peer
    return rest.rpartition(":")[0]
