"""Modules that change while `aion dev` runs: looks at their files, and has them read anew when these have settled.

It looks instead of being told: the folders are few and small, and every file system can be looked at.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aion.app.resources import config_folder, modules_folders
from aion.app.settings import Settings

LOOK_SECONDS = 0.5
_NOT_THE_PACKAGES = frozenset({"build", "node_modules", "target", "vendor"})

_log = logging.getLogger(__name__)

Files = tuple[tuple[str, int, int, int], ...]
Tell = Callable[[str], None]


def files_now(settings: Settings, developed: Sequence[Path]) -> Files:
    """What of the files can be seen from outside: name, time, size and inode of each that may matter."""
    packages = [package for folder in modules_folders(settings) for package in _folders_in(folder)]
    places = [config_folder(settings), *packages, *developed]
    places += [inside for package in (*packages, *developed) for inside in _folders_in(package)]
    return tuple(sorted(seen for place in places for seen in _files_in(place)))


@dataclass(frozen=True, slots=True)
class LiveModules:
    """That changes are followed: `developed` packages stand in for installed ones, `tell` hears of what changes."""

    developed: tuple[Path, ...]
    tell: Tell

    async def follow(
        self, settings: Settings, take_up: Callable[[Settings, Sequence[Path]], Awaitable[list[str]]]
    ) -> None:
        """Follows the folders of these settings, for ever."""
        await follow(
            partial(files_now, settings, self.developed), partial(take_up, settings, self.developed), self.tell
        )


async def follow(look: Callable[[], Files], take_up: Callable[[], Awaitable[list[str]]], tell: Tell) -> None:
    """Calls `take_up` whenever the files have changed and are the same in two looks, and tells what came of it; for
    ever. What goes wrong is told, and the next change is waited for.
    """
    taken = seen = await asyncio.to_thread(look)
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        now = await asyncio.to_thread(look)
        if now != taken and now == seen:
            taken = now
            try:
                changed = await take_up()
            except Exception as error:  # noqa: BLE001 whatever it was, the next change may mend it
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
            if path.suffix in {".json", ".wasm", ".yaml", ".yml"} and path.is_file():
                facts = path.stat()
                yield str(path), facts.st_mtime_ns, facts.st_size, facts.st_ino
    except OSError:
        return  # ditto
