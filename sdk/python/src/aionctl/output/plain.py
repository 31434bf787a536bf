"""The SDK's values as plain dicts and lists, in the words of AION's REST answers: `result` is an object, no string."""

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aionctl.output.spans import in_seconds

EMBEDDED = "_json"


def plain(value: Any) -> Any:
    """Return the value as JSON and YAML know it; a field `x_json` becomes the document `x`."""
    if is_dataclass(value) and not isinstance(value, type):
        names = [item.name for item in fields(value)]
        return dict(_member(name, getattr(value, name), taken=names) for name in names)
    if isinstance(value, dict):
        return {str(key): plain(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [plain(member) for member in value]
    return _scalar(value)


def _member(name: str, value: Any, *, taken: list[str]) -> tuple[str, Any]:
    if name.endswith(EMBEDDED):
        short = name.removesuffix(EMBEDDED)
        return name if short in taken else short, json.loads(value) if value else None
    return name, plain(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return f"{in_seconds(value)}s"
    if isinstance(value, str):
        return str.__str__(value)  # an enum's value, not the enum
    return value
