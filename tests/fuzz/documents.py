"""A message as the members of a JSON object, whatever it holds: unlike the real writers this one refuses nothing."""

import base64
import math
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from aion.adapters.transports.json.form import Form

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHORTER = 2**53


def members_of(message: Message, form: Form) -> dict[str, Any]:
    """The message's members under the names that `form` gives them; a field that it hides has none."""
    members: dict[str, Any] = {}
    for field, value in message.ListFields():
        said = form(field)
        if said.hidden:
            continue
        name = said.name
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            kind = field.message_type.fields_by_name["value"]
            members[name] = {_key(key): _value(kind, one, form) for key, one in value.items()}
        elif field.is_repeated:
            members[name] = [_value(field, one, form) for one in value]
        else:
            members[name] = _value(field, value, form)
    return members


def _key(key: Any) -> str:
    return {True: "true", False: "false"}.get(key, str(key)) if isinstance(key, bool) else str(key)


def _value(field: FieldDescriptor, value: Any, form: Form) -> Any:
    if field.message_type is not None:
        name = field.message_type.full_name
        if name == "google.protobuf.Timestamp":
            return moment(value.seconds, value.nanos)
        if name == "google.protobuf.Duration":
            return span(value.seconds, value.nanos)
        return members_of(value, form)
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return value if known is None else known.name
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _SHORTER:
        return str(value)
    return value


def moment(seconds: int, nanos: int) -> str:
    """RFC 3339 where that is possible, else something like it."""
    try:
        text = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    except OverflowError:
        text = f"{seconds}-13-32T25:61:61"
    return f"{text}.{nanos:09d}Z" if nanos else f"{text}Z"


def span(seconds: int, nanos: int) -> str:
    """Seconds with their fraction; both signs where both parts have one."""
    return f"{seconds}.{nanos:09d}s" if nanos else f"{seconds}s"
