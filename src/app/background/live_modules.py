"""Modules that change while `aion dev` runs: looks at their files, and has them read anew when these have settled.

It looks instead of being told: the folders are few and small, and every file system can be looked at.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from stat import S_ISREG

from aion.app.resources import config_folder, modules_folders
from aion.app.settings import Settings

LOOK_SECONDS = 0.5
_NOT_THE_PACKAGES = frozenset({"build", "node_modules", "target", "vendor"})

_log = logging.getLogger(__name__)

Files = tuple[tuple[str, int, int, int], ...]
Tell = Callable[[str], None]


def files_now(settings: Settings, developed: Sequence[Path], named: Iterable[Path] = ()) -> Files:
    """What of the files can be seen from outside: name, time, size and inode of each that may matter.

    These are configuration, manifests and what lies beside them, and the files that they `name`, wherever they lie.
    """
    packages = [package for folder in modules_folders(settings) for package in _folders_in(folder)]
    places = [config_folder(settings), *packages, *developed]
    places += [inside for package in (*packages, *developed) for inside in _folders_in(package)]
    seen = {facts for place in places for facts in _files_in(place)}
    return tuple(sorted(seen.union(*(_seen(path) for path in named))))


@dataclass(frozen=True, slots=True)
class LiveModules:
    """That changes are followed: `developed` packages stand in for installed ones, `tell` hears of what changes."""

    developed: tuple[Path, ...]
    tell: Tell

    async def follow(
        self,
        settings: Settings,
        take_up: Callable[[Settings, Sequence[Path]], Awaitable[list[str]]],
        named: Callable[[], Iterable[Path]],
    ) -> None:
        """Follows the folders of these settings, and the files that what was last read in them names, for ever."""
        await follow(
            lambda: files_now(settings, self.developed, named()), partial(take_up, settings, self.developed), self.tell
        )


async def follow(look: Callable[[], Files], take_up: Callable[[], Awaitable[list[str]]], tell: Tell) -> None:
    """Calls `take_up` whenever the files have changed and are the same in two looks, and tells what came of it; for
    ever. What goes wrong, as on a disk that is full, is told once and tried again.
    """
    taken = seen = await asyncio.to_thread(look)
    failed = ""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        now = await asyncio.to_thread(look)
        if now != taken and now == seen:
            try:
                changed = await take_up()
                taken, failed = now, ""
            except Exception as error:  # noqa: BLE001 whatever it was, the next try may succeed
                changed = []
                if failed != repr(error):
                    failed = repr(error)
                    _log.exception("modules could not be read anew")
                    changed = [f"everything stays as it was: {error}"]
            for sentence in changed:
                tell(sentence)
        seen = now


def _folders_in(folder: Path) -> list[Path]:
    try:
        found = [each for each in folder.iterdir() if each.is_dir()]
    except OSError:
        return []  # it went away between two looks
    return [each for each in found if each.name not in _NOT_THE_PACKAGES and not each.name.startswith(".")]


def _files_in(folder: Path) -> Iterator[tuple[str, int, int, int]]:
    try:
        for path in folder.iterdir():
            if path.suffix in {".json", ".wasm", ".yaml", ".yml"}:
                yield from _seen(path)
    except OSError:
        return  # ditto


def _seen(path: Path) -> Iterator[tuple[str, int, int, int]]:
    """A file as it can be seen, or nothing while it is not there."""
    try:
        facts = path.stat()
    except OSError:
        return
    if S_ISREG(facts.st_mode):
        yield str(path), facts.st_mtime_ns, facts.st_size, facts.st_ino
