"""What a request asks for, as 32 bytes: the decoded message without the fields that shape only the call.

Which fields those are stands in the contract (`(aion.v1.call_only)`), so that every transport agrees.
"""

from functools import cache
from hashlib import blake2b

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from aion.v1 import options_pb2


@cache
def _call_only_fields(descriptor: Descriptor) -> tuple[str, ...]:
    return tuple(field.name for field in descriptor.fields if field.GetOptions().Extensions[options_pb2.call_only])


def fingerprint(request: Message) -> bytes:
    """The fingerprint of a decoded request; the request is not changed."""
    stripped = type(request)()
    stripped.CopyFrom(request)
    for name in _call_only_fields(request.DESCRIPTOR):
        stripped.ClearField(name)
    data = request.DESCRIPTOR.full_name.encode() + b"\0" + stripped.SerializeToString(deterministic=True)
    return blake2b(data, digest_size=32).digest()
