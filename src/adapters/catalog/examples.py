"""The examples that a package brings along, in its folder `fixtures`: inputs, and what must come of each.

They are for people: `aion module test` runs them, the catalogue shows those that have a result. A file that cannot be
read as one is passed over here; the command that runs them says what is wrong with it.
"""

from pathlib import Path
from typing import Final

import orjson

from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.adapters.catalog.files import is_inside, read_bytes
from aion.ports.catalog import ModuleExample

FIXTURES: Final = "fixtures"
MAX_FIXTURE_BYTES: Final = 1024 * 1024
_MOST_SHOWN: Final = 5
_MAX_SHOWN_BYTES: Final = 4096


def fixture_files(folder: Path) -> list[Path]:
    """The files of a package's fixtures, by name."""
    return sorted((folder / FIXTURES).glob("*.json"))


def read_examples(folder: Path) -> tuple[ModuleExample, ...]:
    """The first few fixtures of a package that show a call that works and are short enough to look at."""
    found: list[ModuleExample] = []
    for path in fixture_files(folder):
        if len(found) < _MOST_SHOWN and is_inside(path, folder) and (example := _example(path)):
            found.append(example)
    return tuple(found)


def _example(path: Path) -> ModuleExample | None:
    try:
        document = orjson.loads(read_bytes(path, MAX_FIXTURE_BYTES, path.name))
    except (ConfigurationInvalid, orjson.JSONDecodeError):
        return None
    if not isinstance(document, dict) or not isinstance(document.get("input"), dict) or "fails" in document:
        return None
    result = document.get("result")
    try:
        input_json = orjson.dumps(document["input"]).decode()
        result_json = orjson.dumps(result).decode() if isinstance(result, dict) else ""
    except orjson.JSONEncodeError:  # what it reads may be nested more deeply than what it writes
        return None
    if len(input_json) + len(result_json) > _MAX_SHOWN_BYTES:
        return None
    return ModuleExample(path.stem, input_json, result_json)
