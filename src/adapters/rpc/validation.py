"""The rules that stand in the contract itself (buf.validate), checked for every transport alike."""

import protovalidate
from google.protobuf.message import Message

from aion.domain.errors import FieldViolation, ValidationFailed

MAX_VIOLATIONS = 20


class Validation:
    """Checks a decoded request. Rules are compiled once a message type."""

    def __init__(self) -> None:
        self._validator = protovalidate.Validator()

    def check(self, request: Message) -> None:
        """Raises ValidationFailed that names every field, up to twenty."""
        violations = self._validator.collect_violations(request)
        if not violations:
            return
        found = tuple(
            FieldViolation(_path(violation.proto), _sentence(violation)) for violation in violations[:MAX_VIOLATIONS]
        )
        raise ValidationFailed(
            "; ".join(f"{violation.field} {violation.description}" for violation in found), violations=found
        )


def _sentence(violation: protovalidate.Violation) -> str:
    """What the rule says; of a list of words the empty one is named, since nobody sees it in a list."""
    if violation.proto.rule_id != "string.in":
        return violation.proto.message or violation.proto.rule_id
    words = [word for word in violation.rule_value if word]
    return f"must be one of {', '.join(words)}{', or empty' if '' in violation.rule_value else ''}"


def _path(violation: protovalidate.ViolationPb) -> str:
    """The violated field as a path such as `sla.p95_ms`, `requests[3].intent` or `params["text"]`."""
    path = ""
    for element in violation.field.elements if violation.field else ():
        path += f".{element.field_name}" if path else element.field_name
        if element.subscript is not None:
            subscript = element.subscript.value
            path += f'["{subscript}"]' if isinstance(subscript, str) else f"[{subscript}]"
    return path
