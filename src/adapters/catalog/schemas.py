"""JSON Schema (2020-12) of inputs and results: compiled once, asked for every task.

A schema comes with a module and is not trusted: no reference leaves its document, a pattern runs in linear
time, and references cannot multiply work without bound, neither those of one value nor those of many. The happy path
is one decode and one check. Only a document that fails is walked again to say why, and only as far as a person would
read: collecting every error of a hostile document takes seconds, and the first error of alternatives brings those of
all of them.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final, TypeGuard

import jsonschema_rs
import orjson

from aion.adapters.catalog.errors import ConfigurationInvalid, Problem
from aion.adapters.catalog.files import read_bytes
from aion.adapters.catalog.schema_sentences import (
    NO_PARAMETER,
    location_of,
    names_meant,
    no_parameters,
    sentence_about,
    step,
)
from aion.adapters.catalog.schema_work import SchemaTooIntricate, most_work
from aion.domain.errors import MOST_VIOLATIONS, FieldViolation

MAX_BYTES: Final = 256 * 1024
# A document with more values than this is not searched for all its errors, only for the first.
_SEARCHED: Final = 2_000
_MOST_CHECKS: Final = 2_000_000
"""Of all values together: some tenths of a second, in which the event loop does nothing else."""

_MOST_EXPLAINED: Final = 10_000
"""Where there are alternatives: each that is not met brings a copy of the value, with all that is wrong in it."""

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class CompiledSchema:
    """One schema. `text` is the document without insignificant white space."""

    __slots__ = ("_alternatives", "_known", "_most_values", "_schema", "_validator", "_work", "text")

    def __init__(self, schema: dict[str, object]) -> None:
        """Compiles it; raises ValueError, which jsonschema_rs.ValidationError and SchemaTooIntricate are."""
        self.text = orjson.dumps(schema).decode()
        self._schema = schema
        self._known = _all_members(schema)
        # `mask` keeps what a client sent out of messages; where it helps, schema_sentences shows its beginning.
        self._validator = jsonschema_rs.Draft202012Validator(
            schema, offline=True, validate_formats=True, mask="it", pattern_options=jsonschema_rs.RegexOptions()
        )
        self._work = most_work(schema)
        self._most_values = _MOST_CHECKS // self._work
        self._alternatives = any(word in self.text for word in ('"anyOf"', '"oneOf"'))

    def violations(self, document_json: str | bytes, root: str) -> tuple[FieldViolation, ...]:
        """What is wrong with a document, empty when nothing is; fields are named below `root`. At most 10."""
        try:
            document = orjson.loads(document_json)
        except orjson.JSONDecodeError as cause:
            return (FieldViolation(root, f"is not JSON ({cause.msg} at character {cause.pos}); send one JSON object"),)
        if self._known is not None and _has_many_more(document, self._known):
            # A validator would bring the names of all, and a copy of the document with them.
            return tuple(_strangers(document, self._known, root))
        if len(document_json) > self._most_values and _is_larger_than(document, self._most_values):
            most = self._most_values
            return (FieldViolation(root, f"has more than {most} values, the most that this schema is checked for"),)
        try:
            if self._validator.is_valid(document):
                return ()
            return self._explain(document, root)
        except jsonschema_rs.ValidationError as cause:
            return tuple(islice(self._complaints(cause, root), 1))
        except ValueError:
            # What jsonschema_rs says of documents that are deeper than it can walk.
            return (FieldViolation(root, "is nested too deep to be checked; make it flatter"),)

    def _explain(self, document: object, root: str) -> tuple[FieldViolation, ...]:
        if self._alternatives and _is_larger_than(document, _MOST_EXPLAINED // self._work):
            return (FieldViolation(root, "does not fit its schema; send fewer values to be told where"),)
        if _is_larger_than(document, _SEARCHED):
            self._validator.validate(document)
            raise AssertionError("a document that is not valid passed validation")
        found: dict[FieldViolation, None] = {}
        for error in self._validator.iter_errors(document):
            found.update(dict.fromkeys(islice(self._complaints(error, root), MOST_VIOLATIONS)))
            if len(found) >= MOST_VIOLATIONS:
                break
        return tuple(islice(found, MOST_VIOLATIONS))

    def _complaints(self, error: jsonschema_rs.ValidationError, root: str) -> Iterator[FieldViolation]:
        """What one error says of each field that it is about."""
        sentence = sentence_about(error, self._schema)
        names = names_meant(error, self._schema)
        for location in location_of(error):
            meant = names.get(location)
            yield FieldViolation(root + location, f"is not a parameter; did you mean {meant}?" if meant else sentence)


def _all_members(schema: dict[str, object]) -> frozenset[str] | None:
    """The members that an object of this schema may have; None when it may have others, or the schema does not list
    them in its first place.
    """
    named = schema.get("properties", {})
    if schema.get("additionalProperties") is not False or "patternProperties" in schema or not isinstance(named, dict):
        return None
    return frozenset(named)


def _has_many_more(document: object, known: frozenset[str]) -> TypeGuard[dict[str, object]]:
    return isinstance(document, dict) and len(document) - len(known) > MOST_VIOLATIONS


def _strangers(document: dict[str, object], known: frozenset[str], root: str) -> Iterator[FieldViolation]:
    """How many members there are that nobody knows, and the first of them."""
    strange = len(document) - sum(name in document for name in known)
    names = (name for name in document if name not in known)
    yield FieldViolation(root, no_parameters(strange))
    for name in islice(names, MOST_VIOLATIONS - 1):
        yield FieldViolation(root + step(name), NO_PARAMETER)


def _is_larger_than(document: object, most: int) -> bool:
    count = 0
    waiting = [document]
    while waiting and count <= most:
        value = waiting.pop()
        count += 1
        if isinstance(value, dict | list):
            if len(value) > most:
                return True
            waiting.extend(value.values() if isinstance(value, dict) else value)
    return count > most


def compile_schema(path: Path, shown_as: str) -> CompiledSchema:
    """The schema in this file; raises ConfigurationInvalid when it is none that AION can check safely."""
    content = read_bytes(path, MAX_BYTES, shown_as)
    try:
        schema = orjson.loads(content)
    except orjson.JSONDecodeError as cause:
        raise ConfigurationInvalid([Problem(shown_as, cause.lineno, "", f"is not JSON: {cause.msg}")]) from cause
    if not isinstance(schema, dict) or schema.get("type") != "object":
        what = 'must describe an object, as inputs and results are; write "type": "object"'
        raise ConfigurationInvalid([Problem(shown_as, 1, "type", what)])
    if str(schema.get("$schema", _DIALECT)).rstrip("#") != _DIALECT:
        raise ConfigurationInvalid([Problem(shown_as, 1, "$schema", f"must be {_DIALECT}; rewrite the schema for it")])
    try:
        compiled = CompiledSchema(schema)
    except SchemaTooIntricate as cause:
        raise ConfigurationInvalid([Problem(shown_as, 0, "", str(cause))]) from cause
    except jsonschema_rs.ValidationError as cause:
        field = "".join(location_of(cause)).lstrip(".")
        message = cause.message
        if "Retrieval is disabled" in message:
            message = f"refers to another document ({message.split(chr(39))[1]}); copy what it needs into $defs"
        elif "regex" in message:
            message = "is not a pattern that runs in linear time; write it without look-around and back-references"
        raise ConfigurationInvalid([Problem(shown_as, 0, field, message[:300])]) from cause
    except (ValueError, orjson.JSONEncodeError) as cause:
        raise ConfigurationInvalid([Problem(shown_as, 0, "", f"cannot be compiled: {cause}")]) from cause
    return compiled


def anything() -> CompiledSchema:
    """The schema of an intent whose modules are all broken: any object, since the gates refuse it anyway."""
    return CompiledSchema({"type": "object"})
