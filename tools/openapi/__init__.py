"""A protoc plugin that writes the OpenAPI 3.0.3 document of the REST face of the contract.

It reads google.api.http, google.api.field_behavior, buf.validate and AION's own options from the descriptors
inside the request, so it needs nothing but the protobuf runtime and knows no message and no field by name.
"""
