"""Reads files that others wrote: bounded, inside the folder they belong to, and refused with a reason."""

from pathlib import Path

from aion.adapters.catalog.errors import ConfigurationInvalid, Problem


def read_bytes(path: Path, most_bytes: int, shown_as: str) -> bytes:
    """The content of a regular file; raises ConfigurationInvalid when it is missing, no file, or too large."""
    try:
        if not path.is_file():
            what = "is not a regular file" if path.exists() else "does not exist; create it or correct the name"
            raise ConfigurationInvalid([Problem(shown_as, 0, "", what)])
        with path.open("rb") as stream:
            content = stream.read(most_bytes + 1)
    except OSError as cause:
        why = cause.strerror or type(cause).__name__
        raise ConfigurationInvalid([Problem(shown_as, 0, "", f"cannot be read: {why}")]) from cause
    if len(content) > most_bytes:
        raise ConfigurationInvalid([Problem(shown_as, 0, "", f"is larger than {most_bytes} bytes; make it smaller")])
    return content


def decode_text(content: bytes, shown_as: str) -> str:
    """UTF-8 bytes as text; raises ConfigurationInvalid that names the line of the first byte that is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        line = content.count(b"\n", 0, cause.start) + 1
        raise ConfigurationInvalid(
            [Problem(shown_as, line, "", "is not UTF-8 text; save the file as UTF-8")]
        ) from cause


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a path stays in this folder when every link and `..` in it has been followed."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return False  # links that lead in a circle lead nowhere
