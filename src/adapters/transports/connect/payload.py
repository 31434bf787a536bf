"""A request of Connect or gRPC-Web as the pipeline's payload: bytes until the caller is known.

Envelope, compression and message are looked at in `decode`, which the pipeline calls after authentication, so that
strangers cannot make AION inflate or parse. What is inflated is bounded by the limit of a request.
"""

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from google.protobuf.message import Message

from aion.adapters.rpc.admission import MAX_REQUEST_BYTES
from aion.adapters.transports.connect.dialects import Dialect
from aion.adapters.transports.connect.envelopes import COMPRESSED, ENVELOPE_BYTES, open_envelope
from aion.adapters.transports.http.bodies import Body
from aion.adapters.transports.http.headers import refuse_doubles
from aion.domain.errors import FieldViolation, MalformedRequest, RequestTooLarge

Decoded = TypeVar("Decoded", bound=Message)
_GZIP = 31
"""zlib's word for a gzip frame with the largest window."""


@dataclass(frozen=True, slots=True)
class WirePayload:
    """One message, not yet decoded."""

    headers: Mapping[str, str]
    body: Body
    dialect: Dialect

    @property
    def size(self) -> int:
        """The message's size in bytes, as it came."""
        size = self.body.size * 3 // 4 if self.dialect.text else self.body.size
        return max(0, size - ENVELOPE_BYTES) if self.dialect.enveloped else size

    def decode(self, into: type[Decoded]) -> Decoded:
        """The message. Raises MalformedRequest and RequestTooLarge. The body is let go."""
        refuse_doubles(dict(self.headers))
        compressed = self._is_compressed(self.dialect.encoding_header)
        data = self.body.data_once()
        if self.dialect.enveloped:
            if self._is_compressed("content-encoding"):
                raise _misfit("content-encoding", f"must be absent; {self.dialect.encoding_header} stands for messages")
            flags, data = open_envelope(_from_base64(data) if self.dialect.text else data)
            if flags & COMPRESSED and not compressed:
                raise _misfit(self.dialect.encoding_header, "must be gzip for a message that is marked as compressed")
            compressed = bool(flags & COMPRESSED)
        return self.dialect.codec.decode(into, gunzip(data) if compressed and data else data)

    def _is_compressed(self, header: str) -> bool:
        said = self.headers.get(header, "identity").strip().lower() or "identity"
        if said not in ("identity", "gzip"):
            raise _misfit(header, "must be gzip, identity or absent")
        return said == "gzip"


def room_for(dialect: Dialect) -> int:
    """How many bytes a body may have whose message is within the limit."""
    most = MAX_REQUEST_BYTES + (ENVELOPE_BYTES if dialect.enveloped else 0)
    return (most + 2) // 3 * 4 if dialect.text else most


def gunzip(data: bytes) -> bytes:
    """What was compressed, never more than a request may have. Raises MalformedRequest and RequestTooLarge."""
    inflater = zlib.decompressobj(_GZIP)
    try:
        plain = inflater.decompress(data, MAX_REQUEST_BYTES + 1)
    except zlib.error as cause:
        raise MalformedRequest(f"the message is not gzip: {cause}") from cause
    if len(plain) > MAX_REQUEST_BYTES:
        raise RequestTooLarge(
            f"the message inflates to more than {MAX_REQUEST_BYTES} bytes; send less",
            violations=(FieldViolation("", f"at most {MAX_REQUEST_BYTES} bytes"),),
        )
    if not inflater.eof or inflater.unused_data:
        raise MalformedRequest("the message is not one whole gzip member")
    return plain


def _from_base64(data: bytes) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except ValueError as cause:
        raise MalformedRequest("the body is not base64, as this media type says") from cause


def _misfit(header: str, description: str) -> MalformedRequest:
    return MalformedRequest(f"the header {header} {description}", violations=(FieldViolation(header, description),))
