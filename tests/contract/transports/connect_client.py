"""Connect and gRPC-Web as an independent client speaks them: the Python client of the Connect project."""

from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

from connectrpc.client import ConnectClient
from connectrpc.compat import google_protobuf_binary_codec, google_protobuf_json_codec
from connectrpc.method import IdempotencyLevel, MethodInfo, StreamType
from connectrpc.protocol import ProtocolType

from aion.adapters.rpc.methods import Method

CODECS = {"json": google_protobuf_json_codec, "proto": google_protobuf_binary_codec}
SPOKEN = tuple((protocol, codec) for protocol in ("CONNECT", "GRPC_WEB") for codec in CODECS)
"""Every protocol with every codec."""


def connect_client(url: str, protocol: str, codec: str) -> ConnectClient:
    """A client of the server at an HTTP address."""
    return ConnectClient(url, protocol=ProtocolType[protocol], codec=CODECS[codec]())


def info(method: Method) -> Any:
    """The method as the client knows it."""
    return MethodInfo(
        name=method.name,
        service_name=method.path.split("/")[1],
        input=method.request,
        output=method.response,
        idempotency_level=IdempotencyLevel.UNKNOWN,
        stream_type=StreamType.SERVER_STREAM if method.streams else StreamType.UNARY,
    )


async def called(client: ConnectClient, method: Method, request: Any, headers: Mapping[str, str]) -> list[Any]:
    """The answers of a call of either kind."""
    if not method.streams:
        return [await client.execute_unary(request=request, method=info(method), headers=headers)]
    stream = client.execute_server_stream(request=request, method=info(method), headers=headers)
    async with aclosing(stream) as messages:  # type: ignore[type-var]
        return [message async for message in messages]
