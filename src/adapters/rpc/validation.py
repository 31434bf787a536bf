"""The rules that stand in the contract itself (buf.validate), checked for every transport alike."""

from typing import Any

import protovalidate
from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.message import Message

from aion.adapters.rpc.counting import too_many
from aion.domain.errors import FieldViolation, ValidationFailed

MAX_VIOLATIONS = 20


class Validation:
    """Checks a decoded request. Rules are compiled once a message type."""

    def __init__(self) -> None:
        self._validator = protovalidate.Validator()

    def check(self, request: Message) -> None:
        """Raises ValidationFailed that names every field, up to twenty. Of too many items none is looked at."""
        if crowded := too_many(request):
            raise _failed(crowded[:MAX_VIOLATIONS])
        violations = self._validator.collect_violations(request)
        if not violations:
            return
        found = tuple(
            FieldViolation(_path(violation.proto), _sentence(violation, request))
            for violation in violations[:MAX_VIOLATIONS]
        )
        raise _failed(found)


def _failed(found: tuple[FieldViolation, ...]) -> ValidationFailed:
    sentence = "; ".join(f"{violation.field} {violation.description}" for violation in found)
    return ValidationFailed(sentence, violations=found)


def _sentence(violation: protovalidate.Violation, request: Message) -> str:
    """What the rule says; values of an enum by their names, and of a list of words the empty one, too."""
    if violation.proto.rule_id == "enum.in" and (enum := _enum(violation.proto, request)) is not None:
        names = [enum.values_by_number[number].name for number in violation.rule_value]
        return f"must be one of {', '.join(names)}"
    if violation.proto.rule_id != "string.in":
        return violation.proto.message or violation.proto.rule_id
    words = [word for word in violation.rule_value if word]
    return f"must be one of {', '.join(words)}{', or empty' if '' in violation.rule_value else ''}"


def _enum(violation: protovalidate.ViolationPb, request: Message) -> EnumDescriptor | None:
    """The enum of the violated field, found along its path."""
    enum: EnumDescriptor | None = None
    inside: Any = request.DESCRIPTOR
    for element in violation.field.elements if violation.field else ():
        field = inside.fields_by_name[element.field_name]
        enum, inside = field.enum_type, field.message_type
    return enum


def _path(violation: protovalidate.ViolationPb) -> str:
    """The violated field as a path such as `sla.p95_ms`, `requests[3].intent` or `params["text"]`."""
    path = ""
    for element in violation.field.elements if violation.field else ():
        path += f".{element.field_name}" if path else element.field_name
        if element.subscript is not None:
            subscript = element.subscript.value
            path += f'["{subscript}"]' if isinstance(subscript, str) else f"[{subscript}]"
    return path
