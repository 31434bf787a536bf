"""The API key of a context, read when it is needed; it is never printed and never in an error."""

import os
import stat
import subprocess
from pathlib import Path

from aionctl.contexts.file import PRIVATE, folder, write_private
from aionctl.contexts.values import Context, ContextError

FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO
COMMAND_SECONDS = 30.0
"""A password manager may ask its owner; it does not ask for ever."""


def read_key(context: Context) -> str | None:
    """The key, None when the context has none. Raises ContextError."""
    source = context.key
    if source is None:
        return None
    try:
        if source.env:
            key = os.environ.get(source.env, "")
        else:
            key = _of_file(source.file) if source.file else _of_command(source.command)
        key = key.strip()
        if not key or not key.isascii() or not key.isprintable():
            raise ContextError(f"what comes from {source.words} is empty or no key")
    except ContextError as cause:
        raise ContextError(f"the context {context.name} has no key now: {cause}. {_ways_out(context.name)}") from cause
    return key


def keep_key(name: str, key: str) -> str:
    """Write a key into a file of its own that nobody else can read, and return its path. Raises ContextError."""
    if not key.strip():
        raise ContextError("the key is empty")
    path = key_file(name)
    write_private(path, key.strip() + "\n")
    return str(path)


def key_file(name: str) -> Path:
    """Where the key of a context is kept when aionctl keeps it."""
    return folder() / "keys" / name


def is_kept(context: Context) -> bool:
    """Whether its key is in the file in which aionctl keeps it."""
    named = context.key.file if context.key is not None else ""
    return bool(named) and Path(named).expanduser().resolve() == key_file(context.name).resolve()


def forget_key(context: Context) -> None:
    """Remove its key if aionctl keeps it."""
    if is_kept(context):
        key_file(context.name).unlink(missing_ok=True)


def _ways_out(name: str) -> str:
    """What to do when a context's key cannot be had: a context that is in use is asked for it by every command."""
    return (
        "Mend that, or give --api-key, or name another server with --server or AION_SERVER, for which AION_API_KEY "
        f"counts, or `aionctl context remove {name}`"
    )


def _of_file(name: str) -> str:
    path = Path(name).expanduser()
    try:
        with path.open("rb") as opened:
            if os.fstat(opened.fileno()).st_mode & FOR_OTHERS:
                raise ContextError(f"{path} can be read by others; run `chmod {PRIVATE:o} {path}`")
            return opened.read(64 * 1024).decode("utf-8", "replace")
    except OSError as cause:
        raise ContextError(f"cannot read the key file {path}: {cause.strerror}") from cause


def _of_command(command: tuple[str, ...]) -> str:
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, timeout=COMMAND_SECONDS, check=False)
    except FileNotFoundError as cause:
        raise ContextError(f"the command {command[0]!r} gave no key: there is no such command") from cause
    except OSError as cause:
        raise ContextError(f"the command {command[0]!r} gave no key: {cause.strerror}") from cause
    except subprocess.TimeoutExpired as cause:
        raise ContextError(f"the command {command[0]!r} gave no key in {COMMAND_SECONDS:g} seconds") from cause
    if done.returncode:
        raise ContextError(f"the command {command[0]!r} gave no key: status {done.returncode}")
    return done.stdout.decode("utf-8", "replace")
