"""Says what one of several forms would fit: what `anyOf` and `oneOf` allow, rather than how each of them was missed.

A parameter often takes a typed value or the same as a string, whose pattern tells a person nothing. So the typed form
says what is right, and a string beside it is "also as a string".
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

ALTERNATIVES: Final = ("anyOf", "oneOf")
_MOST_FORMS: Final = 8
_MOST_VALUES: Final = 20
_MOST_REFERENCES: Final = 4
_WORDS: Final = {
    "integer": "a whole number",
    "number": "a number",
    "array": "a list",
    "object": "an object",
    "string": "a string",
    "boolean": "true or false",
    "null": "null",
}
Shown = Callable[[object], str]


def forms_of(place: object, root: object) -> list[Mapping[str, Any]]:
    """The schemas that a value may fit, at this place of a schema; none where one of them cannot be read."""
    if not isinstance(place, dict):
        return []
    found: list[object] = next((place[word] for word in ALTERNATIVES if isinstance(place.get(word), list)), [])
    resolved = [_resolved(form, root) for form in found[:_MOST_FORMS]]
    return [form for form in resolved if form is not None] if None not in resolved else []


def allowed(forms: Sequence[Mapping[str, Any]], shown: Shown) -> str:
    """What would be right, such as `a whole number from 1 to 20, also as a string`; empty when the forms do not say."""
    said: dict[str, None] = {}
    as_string = False
    typed = any(form.get("type") != "string" and not _is_string_enum(form) for form in forms)
    for form in forms:
        # A string that may be any is one of the forms; one of a certain form is another one, written.
        if typed and (_is_string_enum(form) or (form.get("type") == "string" and "pattern" in form)):
            as_string = True
            continue
        words = _form(form, shown)
        if not words:
            return ""
        said[words] = None
    return " or ".join(said) + ", also as a string" * as_string


def _form(form: Mapping[str, Any], shown: Shown) -> str:
    if isinstance(form.get("enum"), list):
        return f"one of {_values(form['enum'], shown)}"
    if "const" in form:
        return shown(form["const"])
    kind = form.get("type")
    name = _WORDS.get(kind, "") if isinstance(kind, str) else ""
    if kind in ("integer", "number"):
        return name + _between(form, "minimum", "maximum", "")
    if kind == "array":
        items = form.get("items")
        if isinstance(items, dict) and isinstance(items.get("enum"), list):
            return f"{name} of {_values(items['enum'], shown)}"
        return name + _between(form, "minItems", "maxItems", " items")
    if kind == "string":
        # Of a pattern nothing is said here: the description of the field says it better.
        return "" if "pattern" in form else name + _between(form, "minLength", "maxLength", " characters")
    return name


def _between(form: Mapping[str, Any], low: str, high: str, unit: str) -> str:
    least, most = form.get(low), form.get(high)
    if least is not None and most is not None:
        return f" from {least} to {most}{unit}" if not unit else f" of {least} to {most}{unit}"
    if least is not None:
        return f" of at least {least}{unit}"
    return "" if most is None else f" of at most {most}{unit}"


def _values(values: Sequence[object], shown: Shown) -> str:
    more = len(values) - _MOST_VALUES
    return ", ".join(map(shown, values[:_MOST_VALUES])) + (f" and {more} more" if more > 0 else "")


def _is_string_enum(form: Mapping[str, Any]) -> bool:
    values = form.get("enum")
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _resolved(form: object, root: object) -> Mapping[str, Any] | None:
    for _ in range(_MOST_REFERENCES):
        if not isinstance(form, dict):
            return None
        reference = form.get("$ref")
        if not isinstance(reference, str):
            return form
        form = _named(reference, root)
    return None


def _named(reference: str, root: object) -> object:
    if not reference.startswith("#/"):
        return None
    for step in reference[2:].split("/"):
        root = root.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(root, dict) else None
    return root
