"""The fixtures of a package, read strictly: an input, and what must come of it.

{"input": {...}, "result": {...}}      the whole result
{"input": {...}, "contains": {...}}    a part of it: objects by the members that are named, all else by equality
{"input": {...}, "fails": "words"}     a failure whose message holds these words
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import orjson

from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.adapters.catalog.examples import MAX_FIXTURE_BYTES, fixture_files
from aion.adapters.catalog.files import read_bytes

_EXPECTATIONS: Final = ("result", "contains", "fails")
_SHOWN: Final = 80
_MOST_DIFFERENCES: Final = 8


class FixtureInvalid(ValueError):
    """The file is no fixture; the message says why."""


@dataclass(frozen=True, slots=True)
class Fixture:
    """One fixture, named by its file; `expectation` is one of result, contains and fails."""

    name: str
    input_json: str
    expectation: str
    expected: Any


def read_fixtures(folder: Path) -> list[Fixture]:
    """All fixtures of a package by name. Raises FixtureInvalid."""
    return [_read(path) for path in fixture_files(folder)]


def _read(path: Path) -> Fixture:
    try:
        document = orjson.loads(read_bytes(path, MAX_FIXTURE_BYTES, path.name))
    except ConfigurationInvalid as cause:
        raise FixtureInvalid(str(cause)) from cause
    except orjson.JSONDecodeError as cause:
        raise FixtureInvalid(f"{path.name}: line {cause.lineno} is not JSON: {cause.msg}") from cause
    if not isinstance(document, dict) or not isinstance(document.get("input"), dict):
        raise FixtureInvalid(f'{path.name}: must be an object with "input", itself an object')
    named = [name for name in document if name != "input"]
    if len(named) != 1 or named[0] not in _EXPECTATIONS:
        raise FixtureInvalid(f'{path.name}: needs beside "input" exactly one of {", ".join(_EXPECTATIONS)}')
    expected = document[named[0]]
    if named[0] == "fails" and not (isinstance(expected, str) and expected):
        raise FixtureInvalid(f'{path.name}: "fails" must be some words of the message')
    if named[0] == "result" and not isinstance(expected, dict):
        raise FixtureInvalid(f'{path.name}: "result" must be an object, as every result is')
    try:
        return Fixture(path.stem, orjson.dumps(document["input"]).decode(), named[0], expected)
    except orjson.JSONEncodeError as cause:
        raise FixtureInvalid(f"{path.name}: its input is nested too deep; make it flatter") from cause


def differences(expected: object, got: object, *, whole: bool) -> list[str]:
    """Where a result is not what was expected, a line each, the first few. Not `whole`: members that `expected` does
    not name may be there.
    """
    found: list[str] = []
    for line in _walk(expected, got, "", whole=whole):
        if len(found) == _MOST_DIFFERENCES:
            return [*found, "and more"]
        found.append(line)
    return found


def _walk(expected: object, got: object, at: str, *, whole: bool) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(got, dict):
        for name, value in cast("dict[str, object]", expected).items():
            place = f"{at}.{name}" if at else name
            if name in got:
                yield from _walk(value, got[name], place, whole=whole)
            else:
                yield f"{place}: expected {_short(value)}, but it is not there"
        for name in got if whole else ():
            if name not in expected:
                yield f"{at}.{name}".lstrip(".") + f": {_short(got[name])} was not expected"
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for position, (one, other) in enumerate(zip(expected, got, strict=True)):
            yield from _walk(one, other, f"{at}[{position}]", whole=True)
    elif not _equal(expected, got):
        yield f"{at or 'the result'}: expected {_short(expected)}, got {_short(got)}"


def _equal(one: object, other: object) -> bool:
    # To Python 1 is True; to JSON it is not.
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _short(value: object) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
