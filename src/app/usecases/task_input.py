"""The engine's input: one JSON object, the very document that was checked.

Parsing holds the event loop, so what it may cost is bounded by the number of values before it begins; and a member that
stands twice is refused, because two readers of such a document need not read the same.
"""

import json
from itertools import pairwise
from typing import Any

import orjson

from aion.domain.errors import FieldViolation, MalformedRequest, ValidationFailed
from aion.domain.json_members import members_of, values_at_least, without_texts
from aion.ports.usecases import SubmitCommand

MOST_VALUES = 100_000
"""Values in one input: far more than a caller types, few enough to be parsed in a blink. Text has no such limit."""

_FIELD = "params_json"


def input_json(command: SubmitCommand) -> str:
    """The input as one JSON object. Raises MalformedRequest and ValidationFailed."""
    if not command.params_json:
        return orjson.dumps(dict(command.params)).decode()
    if command.params:
        raise _refused(
            "params and params_json are both set; give the input in one of them", "must be empty with params"
        )
    if values_at_least(_bytes(command.params_json), MOST_VALUES) > MOST_VALUES:
        raise _refused(
            f"params_json has more than {MOST_VALUES} values; send fewer, or send them as text",
            f"at most {MOST_VALUES} values",
        )
    try:
        document = _parsed(command.params_json)
    except (ValueError, RecursionError) as cause:
        raise MalformedRequest(
            f"params_json is not JSON: {cause}", violations=(FieldViolation(_FIELD, "must be one JSON object"),)
        ) from cause
    if not isinstance(document, dict):
        raise _refused("params_json is not a JSON object", 'must be one JSON object, such as {"text": "..."}')
    return command.params_json


def _parsed(text: str) -> Any:
    """The document. Raises ValueError and RecursionError.

    The quick parser keeps the last member of those that stand twice, but then there are fewer members than colons. What
    it does not take, and what may have one twice, is read again by the slow one, which tells why.
    """
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _told(text)
    members = members_of(document)
    if text.count(":") == members or without_texts(_bytes(text)).count(b":") == members:
        return document
    return _told(text)


def _told(text: str) -> Any:
    return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_without_repetition)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _without_repetition(members: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(members)
    if len(document) < len(members):
        names = sorted(name for name, _ in members)
        twice = next(name for name, following in pairwise(names) if name == following)
        raise ValueError(f"the member {twice[:64]!r} stands twice in one object")
    return document


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _refused(message: str, rule: str) -> ValidationFailed:
    return ValidationFailed(message, violations=(FieldViolation(_FIELD, rule),))
