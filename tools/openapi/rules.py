"""Says buf.validate rules in JSON Schema's words, as far as OpenAPI 3.0.3 has words for them.

What has none (CEL, bounds of durations) is enforced all the same, by the server; the field's comment tells
people.
"""

from typing import Any

Schema = dict[str, Any]

SAME_VALUE = {
    "min_len": "minLength",
    "max_len": "maxLength",
    "pattern": "pattern",
    "min_items": "minItems",
    "max_items": "maxItems",
    "unique": "uniqueItems",
    "min_pairs": "minProperties",
    "max_pairs": "maxProperties",
}
FORMATS = ("email", "uuid", "uri", "hostname", "ipv4", "ipv6")
NUMBERS = {
    "float",
    "double",
    "int32",
    "int64",
    "uint32",
    "uint64",
    "sint32",
    "sint64",
    "fixed32",
    "fixed64",
    "sfixed32",
    "sfixed64",
}


def tighten(schema: Schema, rules: Any) -> None:
    """Write the rules of one field, a message buf.validate.FieldRules, into its schema."""
    kind = rules.WhichOneof("type") if rules is not None else None
    if kind is None:
        return
    said = {field.name: value for field, value in getattr(rules, kind).ListFields()}
    schema |= {keyword: said[rule] for rule, keyword in SAME_VALUE.items() if rule in said}
    if word := next(filter(said.get, FORMATS), ""):
        schema["format"] = word
    if kind == "enum":
        tighten_enum(schema, said)
        return
    if kind in NUMBERS:
        tighten_number(schema, said)
    if allowed := list(said.get("in", [])) or [said[rule] for rule in ("const",) if rule in said]:
        schema["enum"] = allowed
    for rule, part in {"items": "items", "values": "additionalProperties"}.items():
        if rule in said:
            tighten(schema[part], said[rule])


def tighten_number(schema: Schema, said: dict[str, Any]) -> None:
    """Write bounds; the type's own bounds give way to them."""
    for rule, keyword in {"gte": "minimum", "lte": "maximum", "gt": "minimum", "lt": "maximum"}.items():
        if rule in said:
            schema[keyword] = said[rule]
            if rule in ("gt", "lt"):
                schema["exclusive" + keyword.capitalize()] = True


def tighten_enum(schema: Schema, said: dict[str, Any]) -> None:
    """Keep only the names whose numbers are allowed; names stand in the order of `x-enum-numbers`."""
    names, numbers = schema["enum"], schema["x-enum-numbers"]
    allowed = set(said.get("in") or numbers) - set(said.get("not_in", ()))
    if "const" in said:
        allowed &= {said["const"]}
    kept = [(name, number) for name, number in zip(names, numbers, strict=True) if number in allowed]
    schema["enum"], schema["x-enum-numbers"] = [name for name, _ in kept], [number for _, number in kept]
