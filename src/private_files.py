"""Files that hold a secret: read by their owner only, whoever prepared the place, and whole or not there."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def private_draft(path: Path, content: bytes) -> Iterator[Path]:
    """A file of this content beside `path`, whole and on its disk, to be put in its place by `replace`, or by a hard
    link where what is there must stay. Afterwards nothing is left of it.
    """
    # A name of its own: a file that another user left under one that can be guessed would stay theirs.
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def write_private(path: Path, text: str) -> None:
    """Puts a file of this text at `path`, in place of what is there."""
    with private_draft(path, text.encode()) as draft:
        draft.replace(path)
