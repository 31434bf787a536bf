"""Connect and gRPC-Web: the protobuf contract over plain HTTP."""
