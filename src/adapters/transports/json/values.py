"""JSON values of protobuf's scalar types, checked: each parser takes any JSON value and raises Misfit."""

import base64
import binascii
import difflib
import math
import re
from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

from aion.contract import validate_pb2

Parse = Callable[[Any], Any]

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)", re.ASCII)
_REAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
_EXACT = 2**53
_LONGEST_NAME = 64
_NAMED_REALS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_F = FieldDescriptor
_BITS = {
    _F.TYPE_INT32: (-(2**31), 2**31 - 1),
    _F.TYPE_SINT32: (-(2**31), 2**31 - 1),
    _F.TYPE_SFIXED32: (-(2**31), 2**31 - 1),
    _F.TYPE_UINT32: (0, 2**32 - 1),
    _F.TYPE_FIXED32: (0, 2**32 - 1),
    _F.TYPE_INT64: (-(2**63), 2**63 - 1),
    _F.TYPE_SINT64: (-(2**63), 2**63 - 1),
    _F.TYPE_SFIXED64: (-(2**63), 2**63 - 1),
    _F.TYPE_UINT64: (0, 2**64 - 1),
    _F.TYPE_FIXED64: (0, 2**64 - 1),
}


_BOUNDED = ("int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32", "sfixed64")
"""The kinds of rules in the contract that bound whole numbers."""


class Misfit(Exception):
    """A JSON value that does not fit its field. The path grows while the error rises through the document."""

    def __init__(self, description: str, path: str = "") -> None:
        super().__init__(description)
        self.description = description
        self.path = path

    def under(self, step: str) -> "Misfit":
        """The same misfit, seen from one level further out."""
        separator = "." if self.path and not self.path.startswith("[") else ""
        return Misfit(self.description, f"{step}{separator}{self.path}")


def scalar_parser(field: FieldDescriptor) -> Parse:
    """The parser of one value of a field that is no message."""
    if field.enum_type is not None:
        return _enum(field.enum_type)
    if field.type in _BITS:
        return _integer(*_BITS[field.type], _range_of(field))
    return {
        _F.TYPE_STRING: string,
        _F.TYPE_BOOL: _boolean,
        _F.TYPE_DOUBLE: _real,
        _F.TYPE_FLOAT: _real,
        _F.TYPE_BYTES: _bytes,
    }[field.type]


def key_parser(field: FieldDescriptor) -> Parse:
    """The parser of a map's keys, which in JSON are always strings."""
    if field.type == _F.TYPE_BOOL:
        return lambda text: _boolean({"true": True, "false": False}.get(text, text))
    return scalar_parser(field)


def string(value: Any) -> str:
    """A string as it stands."""
    if type(value) is not str:
        raise Misfit("must be a string")
    return value


def _boolean(value: Any) -> bool:
    if type(value) is not bool:
        raise Misfit("must be true or false")
    return value


def _range_of(field: FieldDescriptor) -> str:
    """The numbers that a field takes, as a sentence says them: by the contract's own bounds, or by its type."""
    low, high = _BITS[field.type]
    # The module is made from a descriptor when it is imported, so it has no types.
    rules = field.GetOptions().Extensions[validate_pb2.field]  # type: ignore[attr-defined]
    kind = rules.WhichOneof("type")
    bounds = getattr(rules, kind) if kind in _BOUNDED else None
    least = bounds.gte if bounds is not None and bounds.HasField("gte") else low
    most = bounds.lte if bounds is not None and bounds.HasField("lte") else high
    return f"{least} or more" if most == high and least > low else f"from {least} to {most}"


def _integer(low: int, high: int, said: str) -> Parse:
    def parse(value: Any) -> int:
        if type(value) is int:
            number = value
        elif (type(value) is str and len(value) <= 20 and _INTEGER.fullmatch(value)) or (
            type(value) is float and value.is_integer() and abs(value) < _EXACT
        ):
            number = int(value)
        else:
            raise Misfit(f"must be an integer, {said}")
        if not low <= number <= high:
            raise Misfit(f"must be an integer, {said}")
        return number

    return parse


def _real(value: Any) -> float:
    if type(value) is float or type(value) is int:
        return float(value)
    if type(value) is str:
        if value in _NAMED_REALS:
            return _NAMED_REALS[value]
        if len(value) <= 400 and _REAL.fullmatch(value):
            return float(value)
    raise Misfit("must be a number")


def _bytes(value: Any) -> bytes:
    text = string(value).replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise Misfit("must be base64") from None


def _enum(descriptor: EnumDescriptor) -> Parse:
    numbers = {value.name: value.number for value in descriptor.values}

    def parse(value: Any) -> int:
        if type(value) is str and value in numbers:
            return numbers[value]
        if type(value) is int and -(2**31) <= value < 2**31:
            return value
        near = type(value) is str and len(value) <= _LONGEST_NAME  # to compare what is longer would take long
        close = difflib.get_close_matches(value, numbers, n=1) if near else []
        close = close or list(numbers)[1:]
        raise Misfit(f"must be one of {', '.join(close)}")

    return parse
