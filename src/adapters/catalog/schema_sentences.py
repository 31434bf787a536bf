"""Says in a sentence what a JSON Schema keyword found wrong, with the limit and what to do.

Values that a client sent are shown by their first characters only: an error must not carry a document into
logs.
"""

import difflib
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

import jsonschema_rs
import orjson

from aion.adapters.catalog.schema_forms import ALTERNATIVES, allowed, forms_of

_SHOWN: Final = 60
_LONGEST: Final = 300
_BRANCHES: Final = 4
_STEPS: Final = 16
NO_PARAMETER: Final = "is not a parameter of this intent; remove it"
_COMPARED: Final = 20
_NO_FORM: Final = "fits none of the allowed forms"

Sentence = Callable[[Mapping[str, Any]], str]


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


_SENTENCES: Final[Mapping[str, Sentence]] = {
    "type": lambda k: f"must be {_type_names(k['types'])}",
    "minLength": lambda k: f"must have at least {_plural(k['limit'], 'character')}",
    "maxLength": lambda k: f"must have at most {_plural(k['limit'], 'character')}; shorten it",
    "minimum": lambda k: f"must be at least {k['limit']}",
    "maximum": lambda k: f"must be at most {k['limit']}",
    "exclusiveMinimum": lambda k: f"must be more than {k['limit']}",
    "exclusiveMaximum": lambda k: f"must be less than {k['limit']}",
    "multipleOf": lambda k: f"must be a multiple of {k['multiple_of']}",
    "minItems": lambda k: f"must have at least {_plural(k['limit'], 'item')}",
    "maxItems": lambda k: f"must have at most {_plural(k['limit'], 'item')}",
    "minProperties": lambda k: f"must have at least {_plural(k['limit'], 'field')}",
    "maxProperties": lambda k: f"must have at most {_plural(k['limit'], 'field')}",
    "uniqueItems": lambda _: "must not have the same item twice",
    "pattern": lambda k: f"must match {shown(k['pattern'])}",
    "format": lambda k: f"must have the format {k['format']}",
    "not": lambda _: "has a form that is not allowed here",
    "contains": lambda _: "must contain an item of the form that the schema asks for",
    "enum": lambda k: f"must be one of {', '.join(map(shown, k['options'][:20]))}",
    "const": lambda k: f"must be {shown(k['expected_value'])}",
    "required": lambda _: "is required; add it",
    "additionalProperties": lambda _: NO_PARAMETER,
    "unevaluatedProperties": lambda _: NO_PARAMETER,
    "falseSchema": lambda _: "is not allowed here; remove it",
}

# What these keywords find is wrong with a field that the path of the error does not name yet.
_NAMED_IN_KIND: Final = {
    "required": "property",
    "additionalProperties": "unexpected",
    "unevaluatedProperties": "unexpected",
}
# Where the value itself tells a person something.
_VALUE_HELPS: Final = {
    "type",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "pattern",
    "format",
    "enum",
}


def sentence_about(error: jsonschema_rs.ValidationError, schema: object = None) -> str:
    """What is wrong and what to do, of at most 300 characters. Where only a pattern could say what is allowed, the
    description that the schema gives says it better.
    """
    place = _place(error, schema)
    text = _alternatives(error, schema) if error.kind.name in ALTERNATIVES else _sentence(error)
    described = _description(place)
    if described and error.kind.name == "pattern" and len(error.kind.as_dict()["pattern"]) > _SHOWN:
        text = f"does not have the form that it needs (got {shown(error.instance)})"
    if error.kind.name == "pattern" or text.startswith(_NO_FORM):
        text += described and f"; the schema says: {described}"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def location_of(error: jsonschema_rs.ValidationError, below: int = 0) -> Iterator[str]:
    """The fields that an error is about, such as `.text` or `.items[3].name`; without the first `below`
    steps.
    """
    path = "".join(step(name) for name in error.instance_path[below : below + _STEPS])
    extra = _NAMED_IN_KIND.get(error.kind.name)
    if extra is None:
        yield path
        return
    names = error.kind.as_dict()[extra]
    for name in [names] if isinstance(names, str) else names:
        yield path + step(name)


def names_meant(error: jsonschema_rs.ValidationError, schema: object) -> Mapping[str, str]:
    """For locations of fields that the schema does not know the names that look like theirs and are not given yet."""
    if _NAMED_IN_KIND.get(error.kind.name) != "unexpected":
        return {}
    place = _place(error, schema)
    known = place.get("properties") if isinstance(place, dict) else None
    given = error.instance
    if not isinstance(known, dict) or not isinstance(given, dict):
        return {}
    missing = [name for name in known if name not in given]
    meant = {}
    for location, name in islice(zip(location_of(error), error.kind.as_dict()["unexpected"], strict=True), _COMPARED):
        # What is longer is no slip of the pen, and to compare it would take long.
        close = difflib.get_close_matches(name, missing, n=1) if len(name) <= _SHOWN else []
        if close:
            meant[location] = close[0]
    return meant


def _sentence(error: jsonschema_rs.ValidationError) -> str:
    keyword = error.kind.name
    sentence = _SENTENCES.get(keyword)
    text = sentence(error.kind.as_dict()) if sentence else error.message
    return f"{text} (got {shown(error.instance)})" if keyword in _VALUE_HELPS else text


def _place(error: jsonschema_rs.ValidationError, schema: object) -> object:
    """The part of the schema whose keyword found the error; None where a reference leads there."""
    place = schema
    for step in error.schema_path[:-1]:
        if isinstance(place, dict):
            place = place.get(step)
        elif isinstance(place, list) and isinstance(step, int) and step < len(place):
            place = place[step]
        else:
            return None
    return place


def _description(place: object) -> str:
    """How the schema describes the value that is wrong; nothing when it does not, or says it behind a reference."""
    described = place.get("description") if isinstance(place, dict) else None
    return " ".join(described.split()) if isinstance(described, str) else ""


def _alternatives(error: jsonschema_rs.ValidationError, schema: object, within: int = 0) -> str:
    """What would fit. Of a list or an object that has the form but for something within it, what that is."""
    branches = [branch for branch in error.kind.as_dict()["context"][:_BRANCHES] if branch]
    depth = len(error.instance_path)
    near = [branch for branch in branches if not _is_of_another_type(branch[0], depth)]
    place = _place(error, schema)
    forms = forms_of(place, schema)
    if error.kind.name == "oneOf" and any(not branch for branch in error.kind.as_dict()["context"]):
        names = [" and ".join(wanted) for form in forms if isinstance(wanted := form.get("required"), list)]
        return f"takes only one of {', '.join(names)}" if names else "fits more than one form where only one may fit"
    if isinstance(error.instance, dict | list) and near:
        return _nearest(near, depth, schema, within)
    fitting = allowed(forms, shown)
    if fitting:
        return f"must be {fitting} (got {shown(error.instance)})"
    if _description(place):
        return f"{_NO_FORM} (got {shown(error.instance)})"
    complaints = dict.fromkeys(_complaint(branch[0], depth, schema, within) for branch in branches)
    return f"{_NO_FORM}: it {', or '.join(complaints)}" if complaints else _NO_FORM


def _nearest(branches: list[list[jsonschema_rs.ValidationError]], depth: int, schema: object, within: int) -> str:
    """What is wrong by the alternatives that miss least: those that only want fields, or have the fewest complaints."""
    wanting = [names for branch in branches if (names := _wanted(branch, depth))]
    if wanting:
        return f"needs {', or '.join(dict.fromkeys(wanting))}"
    least = min(map(len, branches))
    nearest = (_complaint(branch[0], depth, schema, within) for branch in branches if len(branch) == least)
    return ", or ".join(dict.fromkeys(nearest))


def _wanted(branch: list[jsonschema_rs.ValidationError], depth: int) -> str:
    """The fields that are all that is missing; empty when something else is wrong too."""
    if any(error.kind.name != "required" or len(error.instance_path) != depth for error in branch):
        return ""
    return " and ".join(str(error.kind.as_dict()["property"]) for error in branch)


def _is_of_another_type(error: jsonschema_rs.ValidationError, depth: int) -> bool:
    return error.kind.name in ("type", "enum", "const") and len(error.instance_path) == depth


def _complaint(error: jsonschema_rs.ValidationError, depth: int, schema: object, within: int) -> str:
    """The first complaint of an alternative, and one deeper: alternatives of alternatives multiply."""
    field = next(location_of(error, below=depth), "").lstrip(".")
    if error.kind.name not in ALTERNATIVES:
        return f"{field} {_sentence(error)}".strip()
    return f"{field} {_NO_FORM if within else _alternatives(error, schema, within + 1)}".strip()


def shown(value: object) -> str:
    """A value for people: short ones whole, long ones by their beginning, containers by their size."""
    if isinstance(value, dict):
        return f"an object of {_plural(len(value), 'field')}"
    if isinstance(value, list):
        return f"an array of {_plural(len(value), 'item')}"
    if isinstance(value, str) and len(value) > _SHOWN:
        return f"{orjson.dumps(value[: _SHOWN // 2]).decode()}... ({len(value)} characters)"
    text = orjson.dumps(value, default=str).decode()
    return text if len(text) <= _SHOWN + 2 else text[:_SHOWN] + "..."


def no_parameters(many: int) -> str:
    """Of an object with so many members that no schema knows."""
    return f"has {many} fields that are not parameters of this intent; remove them"


def step(name: str | int) -> str:
    """How a path names a member or an item."""
    return f"[{name}]" if isinstance(name, int) else f".{name if len(name) <= _SHOWN else name[:_SHOWN] + '...'}"


def _type_names(types: list[str]) -> str:
    names = {"object": "an object", "array": "an array", "integer": "a whole number", "number": "a number"}
    return " or ".join(names.get(name, "null" if name == "null" else f"a {name}") for name in types)
