"""A JSON Schema as people read it: a row for each field, nested ones indented.

It shows what schemas usually say and says less where they say more: combinations are joined by `or`, conditions are
left out, and so is the pattern of a string beside a typed value, which says the same for machines. Nothing here trusts
the schema: it comes from a server.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MOST_DEPTH = 6
MOST_FIELDS = 200
MOST_ALTERNATIVES = 8
MOST_VALUES = 40
_MOST_TEXT = 60
_ALTERNATIVES = ("anyOf", "oneOf")
_WORD = re.compile(r"[^\W\d][\w./+-]*")


@dataclass(frozen=True, slots=True)
class Field:
    """One member of an object, `depth` levels below the document."""

    name: str
    depth: int
    type: str
    required: bool
    default: str
    limits: str
    about: str


def fields_of(schema: Any) -> list[Field]:
    """The fields of a schema, each followed by those within it; the first ones of a schema that has very many."""
    found: list[Field] = []
    for field in _below(schema, schema, 0):
        found.append(field)
        if len(found) == MOST_FIELDS:
            break
    return found


def resolved(schema: Any, root: Any) -> dict[str, Any]:
    """The schema, or what it refers to in its own document; an empty one for what is none."""
    for _ in range(MOST_DEPTH):
        if not isinstance(schema, dict):
            return {}
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return schema
        named = _named(reference, root)
        schema = {**named, **{key: value for key, value in schema.items() if key != "$ref"}} if named else {}
    return {}


def alternatives(schema: dict[str, Any], root: Any) -> list[dict[str, Any]]:
    """What it may be one of; itself when it is one thing."""
    for word in _ALTERNATIVES:
        found = schema.get(word)
        if isinstance(found, list) and found:
            return [resolved(each, root) for each in found[:MOST_ALTERNATIVES]]
    return [schema]


def required_of(schema: dict[str, Any]) -> list[str]:
    """The members that an object must have."""
    required = schema.get("required")
    return [name for name in required if isinstance(name, str)] if isinstance(required, list) else []


def properties_of(schema: dict[str, Any]) -> dict[str, Any]:
    """The members that an object may have."""
    properties = schema.get("properties")
    return properties if isinstance(properties, dict) else {}


def type_of(schema: dict[str, Any], root: Any, depth: int = 0) -> str:
    """Its type in words, such as `integer or string` and `list of object`."""
    words: dict[str, None] = {}
    for each in alternatives(schema, root):
        said = each.get("type", schema.get("type"))
        names = said if isinstance(said, list) else [said]
        for name in names:
            words.update(dict.fromkeys(_words(name, each, root, depth)))
    return " or ".join(words)


def _words(name: Any, schema: dict[str, Any], root: Any, depth: int) -> list[str]:
    if name == "array":
        items = resolved(schema.get("items"), root)
        return [f"list of {type_of(items, root, depth + 1)}" if items and depth < MOST_DEPTH else "list"]
    if isinstance(name, str):
        return [name]
    values = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    kinds = {"bool": "boolean", "str": "string", "int": "integer", "float": "number", "NoneType": "null"}
    found = [kinds.get(type(value).__name__, "any") for value in values] if isinstance(values, list) else []
    return list(dict.fromkeys(found)) if found and "any" not in found else ["any"]


def _below(schema: Any, root: Any, depth: int) -> Iterator[Field]:
    if depth > MOST_DEPTH:
        return
    for each in alternatives(resolved(schema, root), root):
        required = required_of(each)
        for name, value in properties_of(each).items():
            member = resolved(value, root)
            yield Field(
                name=name,
                depth=depth,
                type=type_of(member, root),
                required=name in required,
                default=_short(member["default"]) if "default" in member else "",
                limits=_limits_of(member, root),
                about=str(member.get("description", "")),
            )
            yield from _below(member, root, depth + 1)
            for one in alternatives(member, root):
                if one.get("items"):
                    yield from _below(one["items"], root, depth + 1)


def _limits_of(member: dict[str, Any], root: Any) -> str:
    forms = alternatives(member, root)
    typed = [form for form in forms if form.get("type") != "string"]
    told = [form for form in forms if not (typed and form.get("type") == "string" and "pattern" in form)]
    return " or ".join(dict.fromkeys(filter(None, (_limits(form, root) for form in told))))


def _limits(schema: dict[str, Any], root: Any) -> str:
    said = [
        _one_of(schema),
        _one_of(resolved(schema.get("items"), root)),
        _between(schema, "minLength", "maxLength", " characters"),
        _between(schema, "minimum", "maximum", ""),
        _bound(schema, "exclusiveMinimum", "more than {}"),
        _bound(schema, "exclusiveMaximum", "less than {}"),
        _bound(schema, "multipleOf", "a multiple of {}"),
        _between(schema, "minItems", "maxItems", " entries"),
        _between(schema, "minProperties", "maxProperties", " members"),
        _bound(schema, "format", "a {}"),
        _bound(schema, "pattern", "matches {}"),
    ]
    return ", ".join(filter(None, said))


def _one_of(schema: dict[str, Any]) -> str:
    if "const" in schema:
        return _value(schema["const"])
    values = schema.get("enum")
    if not isinstance(values, list):
        return ""
    shown = [_value(value) for value in values[:MOST_VALUES]]
    return f"one of {', '.join(shown)}" + (f" and {len(values) - MOST_VALUES} more" * (len(values) > MOST_VALUES))


def _between(schema: dict[str, Any], low: str, high: str, unit: str) -> str:
    least, most = schema.get(low), schema.get(high)
    if least is not None and most is not None:
        return f"{least}{unit}" if least == most else f"{least} to {most}{unit}"
    if most is not None:
        return f"at most {most}{unit}"
    return f"at least {least}{unit}" if least is not None else ""


def _bound(schema: dict[str, Any], word: str, sentence: str) -> str:
    return sentence.format(_short(schema[word])) if word in schema else ""


def _value(value: Any) -> str:
    """A word as it is; in quotes what would not be told from the commas around it, or from what is no string."""
    plain = not isinstance(value, str) or (_WORD.fullmatch(value) and value not in ("true", "false", "null"))
    return _short(value) if plain else _short(json.dumps(value, ensure_ascii=False))


def _short(value: Any) -> str:
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MOST_TEXT else text[: _MOST_TEXT - 1] + "…"


def _named(reference: str, root: Any) -> dict[str, Any] | None:
    if not reference.startswith("#"):
        return None
    at = root
    for step in reference.removeprefix("#").split("/")[1:]:
        at = at.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(at, dict) else None
    return at if isinstance(at, dict) else None
