"""The file of the contexts: under XDG_CONFIG_HOME, only its owner may write it, and it is replaced whole."""

import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from aionctl.contexts.values import Context, ContextError, Contexts, mapping

PRIVATE, PRIVATE_FOLDER = 0o600, 0o700
WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def folder(environ: Mapping[str, str] | None = None) -> Path:
    """Where aionctl keeps what it was told."""
    env = os.environ if environ is None else environ
    home = env.get("XDG_CONFIG_HOME") or ""
    # The standard says that a relative path is to be ignored.
    return (Path(home) if home.startswith("/") else Path.home() / ".config") / "aionctl"


def load() -> Contexts:
    """Read the file; without one there are no contexts. Raises ContextError."""
    path = folder() / "config.yaml"
    try:
        with path.open("rb") as opened:
            if os.fstat(opened.fileno()).st_mode & WRITABLE_BY_OTHERS:
                raise ContextError(f"{path} can be written by others; it names commands: run `chmod 600 {path}`")
            text = opened.read().decode()
    except FileNotFoundError:
        return Contexts()
    except (OSError, UnicodeDecodeError) as cause:
        raise ContextError(f"cannot read {path}: {cause}") from cause
    return _parsed(text, path)


def names() -> list[str]:
    """The names of the contexts, for completion: none where the file cannot be read, which `load` tells."""
    try:
        return sorted(load().by_name)
    except ContextError:
        return []


def save(contexts: Contexts) -> None:
    """Replace the file. Raises ContextError."""
    import yaml

    document = {
        "current": contexts.current,
        "contexts": {name: context.document() for name, context in sorted(contexts.by_name.items())},
    }
    write_private(folder() / "config.yaml", yaml.safe_dump(document, sort_keys=False))


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else can read, whole or not at all. Raises ContextError."""
    try:
        path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        # mkstemp makes the file 0600.
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(descriptor, "w") as opened:
                opened.write(text)
            Path(temporary).replace(path)
        except BaseException:
            # What it holds may be a key: nobody looks for it there.
            Path(temporary).unlink()
            raise
    except OSError as cause:
        raise ContextError(f"cannot write {path}: {cause.strerror}") from cause


def _parsed(text: str, path: Path) -> Contexts:
    import yaml

    try:
        document = yaml.safe_load(text) or {}
    except yaml.YAMLError as cause:
        raise ContextError(f"{path} is not YAML: {cause}") from cause
    try:
        given = mapping(document, "the file")
        if strange := given.keys() - {"current", "contexts"}:
            raise ContextError(f"there is no {min(strange)}; known are current, contexts")
        found = mapping(given.get("contexts") or {}, "contexts")
        contexts = Contexts(
            str(given.get("current") or ""), {name: Context.of(name, one) for name, one in found.items()}
        )
        if contexts.current:
            contexts.named(contexts.current)
    except ContextError as cause:
        raise ContextError(f"{path}: {cause}") from cause
    return contexts
