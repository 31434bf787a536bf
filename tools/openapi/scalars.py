"""JSON forms of protobuf's scalar and well-known types, as OpenAPI 3.0.3 schemas."""

from typing import Any

from google.protobuf.descriptor import FieldDescriptor as F

Schema = dict[str, Any]

INT32 = {"type": "integer", "format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1}
UINT32 = {"type": "integer", "format": "int64", "minimum": 0, "maximum": 2**32 - 1}
INT64 = {"type": "integer", "format": "int64", "minimum": -(2**63), "maximum": 2**63 - 1}
UINT64 = {"type": "integer", "minimum": 0, "maximum": 2**64 - 1}
INT64_TEXT = {"type": "string", "pattern": r"^-?[0-9]{1,19}$", "description": "A 64-bit integer in decimal."}
UINT64_TEXT = {"type": "string", "pattern": "^[0-9]{1,20}$", "description": "A 64-bit integer in decimal."}

SCALARS: dict[int, Schema] = {
    F.TYPE_DOUBLE: {"type": "number", "format": "double"},
    F.TYPE_FLOAT: {"type": "number", "format": "float"},
    F.TYPE_INT32: INT32,
    F.TYPE_SINT32: INT32,
    F.TYPE_SFIXED32: INT32,
    F.TYPE_UINT32: UINT32,
    F.TYPE_FIXED32: UINT32,
    F.TYPE_BOOL: {"type": "boolean"},
    F.TYPE_STRING: {"type": "string"},
    F.TYPE_BYTES: {"type": "string", "format": "byte"},
}
LONGS = {
    F.TYPE_INT64: (INT64, INT64_TEXT),
    F.TYPE_SINT64: (INT64, INT64_TEXT),
    F.TYPE_SFIXED64: (INT64, INT64_TEXT),
    F.TYPE_UINT64: (UINT64, UINT64_TEXT),
    F.TYPE_FIXED64: (UINT64, UINT64_TEXT),
}
# Well-known types whose JSON form is one string or number: these can also stand in a query.
PLAIN_WELL_KNOWN: dict[str, Schema] = {
    "Timestamp": {"type": "string", "format": "date-time"},
    "Duration": {"type": "string", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,9})?s$", "example": "5s"},
    "FieldMask": {"type": "string"},
    "DoubleValue": SCALARS[F.TYPE_DOUBLE],
    "FloatValue": SCALARS[F.TYPE_FLOAT],
    "BoolValue": SCALARS[F.TYPE_BOOL],
    "Int32Value": INT32,
    "UInt32Value": UINT32,
    "Int64Value": INT64_TEXT,
    "UInt64Value": UINT64_TEXT,
    "StringValue": SCALARS[F.TYPE_STRING],
    "BytesValue": SCALARS[F.TYPE_BYTES],
}
WELL_KNOWN: dict[str, Schema] = PLAIN_WELL_KNOWN | {
    "Struct": {"type": "object", "additionalProperties": True},
    "Value": {},
    "ListValue": {"type": "array", "items": {}},
    "Empty": {"type": "object"},
    "Any": {
        "type": "object",
        "properties": {"@type": {"type": "string"}},
        "required": ["@type"],
        "additionalProperties": True,
    },
}
