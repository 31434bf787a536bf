"""Compares two schemas of the same thing."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

Schema = dict[str, Any]

LOWER_BOUNDS = ("minimum", "minLength", "minItems", "minProperties")
UPPER_BOUNDS = ("maximum", "maxLength", "maxItems", "maxProperties")
MUST_STAY = ("pattern", "format", "anyOf", "oneOf", "not")


class Direction(Enum):
    """Who writes what the schema describes."""

    REQUEST = "request"
    ANSWER = "answer"


class SchemaDiff:
    """Compares schemas of two documents; each knows its own components."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old = old
        self._new = new
        self._compared: set[tuple[str, str, Direction]] = set()

    def compare(self, old: Schema, new: Schema, where: str, direction: Direction) -> Iterator[str]:
        """Yield a sentence for each way in which `new` breaks a client that knows `old`."""
        names = (str(old.get("$ref")), str(new.get("$ref")), direction)
        if "$ref" in old and "$ref" in new:
            if names in self._compared:
                return
            self._compared.add(names)
        old, new = flat(self._old, old), flat(self._new, new)
        yield from types(old, new, where, direction)
        yield from values(old, new, where)
        yield from bounds(old, new, where)
        yield from self._members(old, new, where, direction)
        for keyword, mark in (("items", "[]"), ("additionalProperties", "{}")):
            if isinstance(old.get(keyword), dict) and isinstance(new.get(keyword), dict):
                yield from self.compare(old[keyword], new[keyword], where + mark, direction)

    def _members(self, old: Schema, new: Schema, where: str, direction: Direction) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in before.keys() - after.keys():
            yield f"{where}.{name}: the property was removed"
        for name in before.keys() & after.keys():
            yield from self.compare(before[name], after[name], f"{where}.{name}", direction)
        required_before, required_after = set(old.get("required", ())), set(new.get("required", ()))
        if direction is Direction.REQUEST:
            for name in required_after - required_before:
                yield f"{where}.{name}: newly required in a request"
            if new.get("additionalProperties") is False and old.get("additionalProperties") is not False:
                yield f"{where}: unknown properties are newly refused"
        else:
            for name in (required_before - required_after) & after.keys():
                yield f"{where}.{name}: no longer always there in an answer"


def flat(document: Schema, schema: Schema) -> Schema:
    """Return the schema with references followed and `allOf` folded into one object."""
    while "$ref" in schema:
        schema = lookup(document, schema["$ref"])
    folded = {keyword: value for keyword, value in schema.items() if keyword != "allOf"}
    for part in schema.get("allOf", ()):
        for keyword, value in flat(document, part).items():
            if keyword == "properties":
                folded[keyword] = value | folded.get(keyword, {})
            elif keyword == "required":
                folded[keyword] = sorted({*value, *folded.get(keyword, ())})
            else:
                folded.setdefault(keyword, value)
    return folded


def lookup(document: Schema, reference: str) -> Schema:
    """Return what a local reference names."""
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    assert isinstance(found, dict), reference
    return found


def types(old: Schema, new: Schema, where: str, direction: Direction) -> Iterator[str]:
    """Compare the JSON types; `null` counts as one."""
    before, after = old.get("type", "anything"), new.get("type", "anything")
    wider = direction is Direction.REQUEST and (after == "anything" or (before, after) == ("integer", "number"))
    if before != after and not wider:
        yield f"{where}: the type changed from {before} to {after}"
    nullable_before, nullable_after = bool(old.get("nullable")), bool(new.get("nullable"))
    if direction is Direction.REQUEST and nullable_before and not nullable_after:
        yield f"{where}: null is no longer taken"
    if direction is Direction.ANSWER and nullable_after and not nullable_before:
        yield f"{where}: may newly be null"


def values(old: Schema, new: Schema, where: str) -> Iterator[str]:
    """Compare enumerations and what else must not change."""
    if "enum" in new and "enum" not in old:
        yield f"{where}: newly limited to {new['enum']}"
    if "enum" in new and "enum" in old and (lost := [value for value in old["enum"] if value not in new["enum"]]):
        yield f"{where}: the enum lost {', '.join(map(repr, lost))}"
    for keyword in MUST_STAY:
        if keyword in new and old.get(keyword) != new[keyword]:
            yield f"{where}: {keyword} changed from {old.get(keyword, 'none')} to {new[keyword]}"


def bounds(old: Schema, new: Schema, where: str) -> Iterator[str]:
    """Compare limits: a client that kept the old ones must keep the new ones."""
    for keyword in LOWER_BOUNDS:
        if keyword in new and (keyword not in old or new[keyword] > old[keyword]):
            yield f"{where}: {keyword} rose from {old.get(keyword, 'none')} to {new[keyword]}"
    for keyword in UPPER_BOUNDS:
        if keyword in new and (keyword not in old or new[keyword] < old[keyword]):
            yield f"{where}: {keyword} fell from {old.get(keyword, 'none')} to {new[keyword]}"
    for keyword in ("exclusiveMinimum", "exclusiveMaximum", "uniqueItems"):
        if new.get(keyword) and not old.get(keyword):
            yield f"{where}: newly {keyword}"
