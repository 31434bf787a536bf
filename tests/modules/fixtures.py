"""The examples that lie in a package's `fixtures` folder: an input, and what must come of it.

`result` is the whole result, `contains` a part of it (objects by their named members, all else by equality), `fails`
words of the error's message.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Fixture:
    """One example, named by its file."""

    name: str
    input: dict[str, Any]
    expected: dict[str, Any]


def fixtures_of(folder: Path) -> list[Fixture]:
    """All examples of a package, by name."""
    found = []
    for path in sorted((folder / "fixtures").glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        found.append(Fixture(path.stem, document.pop("input"), document))
    return found


def contains(whole: object, part: object) -> bool:
    """Whether every member that `part` names is in `whole` with the same value."""
    if isinstance(whole, dict) and isinstance(part, dict):
        return all(name in whole and contains(whole[name], value) for name, value in part.items())
    return whole == part
