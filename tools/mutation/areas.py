"""What is changed, and which tests are asked: those that need no second process and no second of their own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TESTS = ("tests/unit", "tests/contract", "tests/property", "tests/storage")
NOT_ASKED = ("tests/contract/test_engine.py", "tests/storage/test_crashes.py")
"""They kill processes of their own, and do not stand being run by many forks at a time."""

_FOLDERS = {"domain": "src/domain", "pipeline": "src/adapters/rpc", "store": "src/adapters/storage"}
"""Each area is all the files of a folder: what none is asked about, nobody knows of."""

_NOT = "migrations"
"""They run once, before a test begins."""


@dataclass(frozen=True, slots=True)
class Area:
    """Source files that are judged together."""

    name: str
    files: tuple[str, ...]


def areas(root: Path) -> list[Area]:
    """The areas of this checkout."""
    return [Area(name, tuple(sorted(_files(root, folder)))) for name, folder in _FOLDERS.items()]


def _files(root: Path, folder: str) -> Iterator[str]:
    for path in (root / folder).rglob("*.py"):
        if _NOT not in path.parts:
            yield str(path.relative_to(root))
