"""The headers `traceparent` and `Prefer`, and the timeouts of gRPC-Web and Connect."""

from aion.adapters.telemetry.traceparent import parse
from aion.adapters.transports.connect.codecs import BinaryCodec
from aion.adapters.transports.connect.grpc_web_wire import GrpcWeb
from aion.adapters.transports.connect.wire import ConnectUnary
from aion.adapters.transports.header_fields import merge_headers
from aion.domain.errors import MalformedRequest, ValidationFailed
from aion.v1 import tasks_pb2

SEEDS = (
    b"\x0000-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    b"\0cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
    b'\1respond-async, wait=5; a="b"',
    b'\2"a key"',
    b"\00399999999S",
    b"\00499999999",
)
REFUSALS = (MalformedRequest, ValidationFailed)


def target(data: bytes) -> None:
    """The first byte chooses the header."""
    which, text = (data[0] if data else 0) % 5, data[1:].decode("latin-1")
    if which == 0:
        context = parse(text)
        assert context is None or parse(context.header) == context
    elif which in (1, 2):
        merge_headers(tasks_pb2.TaskRequest(), {"prefer" if which == 1 else "idempotency-key": text})
    else:
        dialect = GrpcWeb(BinaryCodec()) if which == 3 else ConnectUnary(BinaryCodec())
        seconds = dialect.timeout({"grpc-timeout" if which == 3 else "connect-timeout-ms": text})
        assert seconds is not None
        assert seconds >= 0
