"""Files that hold a key: read by their owner only, whoever prepared the place, and whole or not there."""

import os
import tempfile
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Puts a file of this text at `path`, in place of what is there."""
    # A name of its own: a file that another user left under one that can be guessed would stay theirs.
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    waiting = Path(name)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(path)
    except BaseException:
        waiting.unlink(missing_ok=True)
        raise
