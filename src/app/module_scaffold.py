"""The folder of a new module: what every template has, what the language adds, and for Rust the guest crate.

Templates are plain files; `{{name}}` in them is the module's name. Nothing is fetched and nothing is run.
"""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aion.app.resources import guest_crate, module_templates

LANGUAGES: Final = {
    "rust": {"memory": "32Mi", "fuel": "20000000000", "timeout_ms": "1000"},
    "go": {"memory": "128Mi", "fuel": "100000000000", "timeout_ms": "5000"},
    "c": {"memory": "32Mi", "fuel": "20000000000", "timeout_ms": "1000"},
    "js": {"memory": "256Mi", "fuel": "1000000000000", "timeout_ms": "20000"},
    "python": {"memory": "256Mi", "fuel": "1000000000000", "timeout_ms": "20000"},
}
"""Each language, and limits that leave its template ample room for a mebibyte of text."""
_EVERY: Final = "every"
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_MOST_NAME: Final = 40
_GUEST: Final = Path("vendor", "aion-guest", "src")


def make_module(name: str, language: str, folder: Path) -> Path:
    """Makes the folder and says where it is. Raises ValueError for a name or language that cannot be, and when the
    folder has something in it already.
    """
    if len(name) > _MOST_NAME or _NAME.fullmatch(name) is None:
        raise ValueError(
            f"{name[:80]!r} cannot be a module's name: use a to z, 0 to 9, and single - or _ between them, at most "
            f"{_MOST_NAME} characters, the first a letter"
        )
    if language not in LANGUAGES:
        raise ValueError(f"there is no template for {language[:40]!r}; there are {', '.join(LANGUAGES)}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"{folder} is there already and not empty; choose another folder with --dir")
    was_there = folder.exists()
    try:
        _fill(folder, language, {"name": name, **LANGUAGES[language]})
    except BaseException:
        # Half a module would be in the way of the next try. Before this one the folder was empty.
        for path in folder.iterdir() if folder.is_dir() else ():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if not was_there and folder.is_dir():
            folder.rmdir()
        raise
    return folder


def _fill(folder: Path, language: str, facts: Mapping[str, str]) -> None:
    for template in (module_templates() / _EVERY, module_templates() / language):
        for path in sorted(template.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                _copy(path, folder / _target(path.relative_to(template)), facts)
    if language == "rust":
        shutil.copytree(guest_crate() / "src", folder / _GUEST)


def _target(path: Path) -> Path:
    # A leading dot would hide the file from whoever packs this one.
    return path.with_name(path.name.replace("dot.", ".", 1)) if path.name.startswith("dot.") else path


def _copy(source: Path, target: Path, facts: Mapping[str, str]) -> None:
    text = source.read_text(encoding="utf-8")
    for word, fact in facts.items():
        text = text.replace(f"{{{{{word}}}}}", fact)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    target.chmod(source.stat().st_mode & 0o777 | 0o600)
