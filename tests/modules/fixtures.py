"""The examples that lie in a package's `fixtures` folder, as `aion module test` reads and judges them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aion.adapters.packages.fixtures import differences, read_fixtures


@dataclass(frozen=True, slots=True)
class Fixture:
    """One example, named by its file; `expected` is one of result, contains and fails, and what it says."""

    name: str
    input: dict[str, Any]
    expected: dict[str, Any]


def fixtures_of(folder: Path) -> list[Fixture]:
    """All examples of a package, by name."""
    return [
        Fixture(each.name, json.loads(each.input_json), {each.expectation: each.expected})
        for each in read_fixtures(folder)
    ]


def contains(whole: object, part: object) -> bool:
    """Whether every member that `part` names is in `whole` with the same value."""
    return not differences(part, whole, whole=False)
