"""Why this exists: `src/` is the package `aion`, and some of what AION needs at run time lies outside of it.

For an editable build this hook links `_dev/aion` to `src`, since an editable install cannot rename a folder;
`_dev` goes on the path (`dev-mode-dirs`). For a wheel it puts the REST document, the default configuration
and the built modules into `aion/bundled`; in a checkout they are read from where they lie.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLED = (
    "openapi/*.yaml",
    "config/*.yml",
    "modules/*/manifest.yaml",
    "modules/*/*.wasm",
    "modules/*/README.md",
    "modules/*/schemas/*.json",
    "modules/*/fixtures/*.json",
    # What `aion module new --lang rust` brings along.
    "modules/guest/src/**/*.rs",
)


class SourceTree(BuildHookInterface[Any]):
    """Makes `src` importable in an editable install, and a wheel complete."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Link for an editable build, bundle for a real wheel."""
        root = Path(self.root)
        if version == "editable":
            link_source(root)
        elif self.target_name == "wheel":
            build_data["force_include"].update(bundled(root))


def link_source(root: Path) -> None:
    """Link `_dev/aion` to `src`."""
    link = root / "_dev" / "aion"
    link.parent.mkdir(exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(Path("..", "src"), target_is_directory=True)


def bundled(root: Path) -> Iterator[tuple[str, str]]:
    """Yield files with their places in the wheel."""
    for pattern in BUNDLED:
        for path in sorted(root.glob(pattern)):
            yield str(path), f"aion/bundled/{path.relative_to(root).as_posix()}"
