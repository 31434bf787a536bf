"""The rules that stand in the contract itself (buf.validate), checked for every transport alike."""

from typing import Any

import protovalidate
from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.message import Message

from aion.adapters.rpc.counting import too_many
from aion.adapters.rpc.patterns import form_of, lower_case_that_fits
from aion.domain.errors import MOST_VIOLATIONS, FieldViolation, ValidationFailed

_WHERE_TO_LOOK = {"intent": "list the intents to see what there is"}
"""What to do about an empty field, by its name, where it is not enough to know that it is missing."""


class Validation:
    """Checks a decoded request. Rules are compiled once a message type."""

    def __init__(self) -> None:
        self._validator = protovalidate.Validator()

    def check(self, request: Message) -> None:
        """Raises ValidationFailed that names every field, up to ten. Of too many items none is looked at."""
        if crowded := too_many(request):
            raise _failed(crowded[:MOST_VIOLATIONS])
        violations = self._validator.collect_violations(request)
        if not violations:
            return
        found = tuple(
            FieldViolation(_path(violation.proto), _sentence(violation, request))
            for violation in violations[:MOST_VIOLATIONS]
        )
        raise _failed(found)


def _failed(found: tuple[FieldViolation, ...]) -> ValidationFailed:
    sentence = "; ".join(f"{violation.field} {violation.description}" for violation in found)
    return ValidationFailed(sentence, violations=found)


def _sentence(violation: protovalidate.Violation, request: Message) -> str:
    """What the rule says; values of an enum by their names, and of a list of words the empty one, too."""
    rule, wanted, given = violation.proto.rule_id, violation.rule_value, violation.field_value
    if given == "" and rule in ("string.min_len", "string.pattern"):
        return _emptiness(violation.proto)
    if rule == "string.pattern" and (form := form_of(wanted)):
        fitting = lower_case_that_fits(wanted, given)
        return f"must be {form}{f'; write it as {fitting}' if fitting else ''}"
    if rule == "enum.in" and (enum := _enum(violation.proto, request)) is not None:
        names = [enum.values_by_number[number].name for number in wanted]
        return f"must be one of {', '.join(names)}"
    if rule != "string.in":
        return violation.proto.message or rule
    words = [word for word in wanted if word]
    return f"must be one of {', '.join(words)}{', or empty' if '' in wanted else ''}"


def _emptiness(violation: protovalidate.ViolationPb) -> str:
    """What is said of an empty text that must not be: a field is missing, an item of a list or map is there."""
    assert violation.field is not None  # a text is a field of something
    last = violation.field.elements[-1]
    if last.subscript is not None:
        return "must not be empty"
    return f"is required; {_WHERE_TO_LOOK.get(last.field_name, 'add it')}"


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
