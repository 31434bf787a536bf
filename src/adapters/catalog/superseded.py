"""Which of the packages in a folder stand, while one takes the place of another.

No file system puts two folders in each other's place at one moment everywhere. So a package that replaces another of
its version comes with a file that names it, both in one rename: from then on the other is as good as gone for everybody
who reads, whatever becomes of whoever was about to remove it.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

REPLACES: Final = ".replaces"
_MOST_BYTES: Final = 64 << 10


def standing(packages: Iterable[Path]) -> list[Path]:
    """These folders without those that another of them replaces, by name."""
    by_name = {folder.name: folder for folder in packages}
    gone = {name for folder in by_name.values() for name in replaced_by(folder)}
    return [folder for name, folder in sorted(by_name.items()) if name not in gone]


def replaced_by(folder: Path) -> tuple[str, ...]:
    """The names of the folders beside this one whose place it takes."""
    try:
        with (folder / REPLACES).open("rb") as stream:
            said = stream.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ()  # as nearly every package: it replaces nothing
    return tuple(name for name in said.splitlines() if name != folder.name)
