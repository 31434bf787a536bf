"""buf/validate/validate.proto as a google-protobuf module, made from the descriptor inside the wheel
protovalidate.

The generated messages import such a module, and no wheel has one. Made from the validator's own descriptor,
the rules in the contract are exactly those that are enforced, and no copy of somebody else's code lies here.
"""

from google.protobuf import (  # the files that validate.proto depends on
    descriptor_pb2 as descriptor_pb2,
    descriptor_pool,
    duration_pb2 as duration_pb2,
    field_mask_pb2 as field_mask_pb2,
    timestamp_pb2 as timestamp_pb2,
)
from google.protobuf.internal import builder
from protovalidate._gen.buf.validate import validate_pb

DESCRIPTOR = descriptor_pool.Default().AddSerializedFile(validate_pb.desc().proto.to_binary())
builder.BuildMessageAndEnumDescriptors(DESCRIPTOR, globals())
builder.BuildTopDescriptorsAndMessages(DESCRIPTOR, "buf.validate.validate_pb2", globals())
