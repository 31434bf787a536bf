"""Bodies of Connect and gRPC-Web: envelopes, base64, gzip and the messages in them."""

import base64
import gzip

from aion.adapters.transports.connect.codecs import BinaryCodec, JsonCodec
from aion.adapters.transports.connect.dialects import Dialect
from aion.adapters.transports.connect.envelopes import seal_envelope
from aion.adapters.transports.connect.grpc_web_wire import GrpcWeb
from aion.adapters.transports.connect.payload import WirePayload
from aion.adapters.transports.connect.wire import ConnectStream, ConnectUnary
from aion.adapters.transports.http.bodies import Body
from aion.domain.errors import MalformedRequest, RequestTooLarge
from aion.v1 import tasks_pb2

_DIALECTS: tuple[Dialect, ...] = (
    ConnectUnary(JsonCodec()),
    ConnectUnary(BinaryCodec()),
    ConnectStream(JsonCodec()),
    ConnectStream(BinaryCodec()),
    GrpcWeb(BinaryCodec()),
    GrpcWeb(BinaryCodec(), text=True),
)
_MESSAGE = tasks_pb2.TaskRequest(intent="echo").SerializeToString()
SEEDS = (
    b"\0" + b'{"intent":"echo"}',
    b"\x41" + gzip.compress(_MESSAGE),
    b"\2" + seal_envelope(0, b'{"intent":"echo"}'),
    b"\x43" + seal_envelope(1, gzip.compress(_MESSAGE)),
    b"\4" + seal_envelope(0, _MESSAGE),
    b"\5" + base64.b64encode(seal_envelope(0, _MESSAGE)),
    b"\x43" + seal_envelope(1, gzip.compress(b"\0" * (5 << 20))),
)
REFUSALS = (MalformedRequest, RequestTooLarge)


def target(data: bytes) -> None:
    """The first byte chooses the dialect, its bit 6 whether the message is said to be compressed."""
    which = data[0] if data else 0
    dialect = _DIALECTS[(which & 0x3F) % len(_DIALECTS)]
    headers = {dialect.encoding_header: "gzip"} if which & 0x40 else {}
    WirePayload(headers, Body(data[1:], len(data) - 1), dialect).decode(tasks_pb2.TaskRequest)
