"""The server's own secret, mixed into every stored key: a stolen database alone lets nobody test a guess.

It lives in one file of the data directory, outside of the database, readable by its owner only. Without it
every key is void, so it belongs into the backup, apart from the database; and while anything hangs on it, one that is
gone is never replaced.
"""

import contextlib
import hmac
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from aion.ports.clock import Entropy
from aion.private_files import private_draft

PEPPER_FILE: Final = "api-keys.pepper"
_BYTES: Final = 32


class PepperUnusable(Exception):
    """The pepper file cannot be trusted; the message names the file and the remedy."""


class PepperLost(PepperUnusable):
    """The pepper is gone, and what is in the store needs it."""


def open_pepper(data_dir: Path, entropy: Entropy, hang_on_it: Callable[[], object]) -> bytes:
    """The pepper of this data directory, created when there is none and nothing needs one. Raises PepperUnusable.

    `hang_on_it` says what needs the pepper, as "2 API keys", false for nothing; it is asked when there is no file.
    Several processes may call this at once: all get the same bytes.
    """
    path = data_dir / PEPPER_FILE
    if not check_pepper(data_dir, hang_on_it):
        _create(path, entropy.bytes(_BYTES))
    return _read(path)


def check_pepper(data_dir: Path, hang_on_it: Callable[[], object]) -> bool:
    """Whether there is a pepper; that there is none is right only while nothing hangs on it. Raises PepperUnusable."""
    path = data_dir / PEPPER_FILE
    # Looked for again: whoever made the first key made the pepper before it.
    if not path.exists() and (orphans := hang_on_it()) and not path.exists():
        raise _lost(data_dir, orphans)
    if there := path.exists():
        _read(path)
    return there


def _lost(data_dir: Path, orphans: object) -> PepperLost:
    return PepperLost(
        f"{data_dir / PEPPER_FILE} is gone, the secret that {orphans} of this store cannot do without: put it back "
        "from a backup (docs/operations.md says how), or set AION_DATA_DIR to the folder where it lies; if it is lost "
        f"for good, `AION_DATA_DIR={data_dir} aion keys begin-anew` gives them up, and a new one is made"
    )


def mac(pepper: bytes, key_text: str) -> bytes:
    """What is stored of a key: the HMAC-SHA256 of its whole text."""
    return hmac.digest(pepper, key_text.encode(), "sha256")


def _create(path: Path, pepper: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Never over another's: several processes may make one at once.
    with private_draft(path, pepper) as draft, contextlib.suppress(FileExistsError):
        os.link(draft, path)


def _read(path: Path) -> bytes:
    mode = path.stat().st_mode
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise PepperUnusable(f"{path} can be read by others: run `chmod 600 {path}`, and issue new keys if it leaked")
    pepper = path.read_bytes()
    if len(pepper) != _BYTES:
        raise PepperUnusable(f"{path} holds {len(pepper)} bytes, not {_BYTES}: restore it from the backup")
    return pepper
