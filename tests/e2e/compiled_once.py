"""Native code of modules, compiled by the first server of a process of pytest and lent to those that follow.

Servers of tests begin with an empty data directory, but for this: what they test does not change with who compiled.
"""

import shutil
import tempfile
from pathlib import Path

_FOLDER, _KEY = "modules-cache", "modules-cache.key"
_kept = tempfile.TemporaryDirectory(prefix="aion-compiled-")


def lend_to(data: Path) -> None:
    """Gives a data directory that has no compiled code yet what others compiled, and the key that vouches for it."""
    kept = Path(_kept.name)
    if (kept / _KEY).exists() and not (data / _KEY).exists():
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copytree(kept / _FOLDER, data / _FOLDER)
        shutil.copy2(kept / _KEY, data / _KEY)


def keep_from(data: Path) -> None:
    """Keeps what a server that is ready has compiled, if it has the key of what is kept."""
    kept = Path(_kept.name)
    (kept / _FOLDER).mkdir(exist_ok=True)
    if not (kept / _KEY).exists():
        shutil.copy2(data / _KEY, kept / _KEY)
    if (kept / _KEY).read_bytes() == (data / _KEY).read_bytes():
        for compiled in (data / _FOLDER).glob("*.cwasm"):
            if not (kept / _FOLDER / compiled.name).exists():
                shutil.copy2(compiled, kept / _FOLDER / compiled.name)
