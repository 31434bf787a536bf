"""Replacing an installed version: whatever happens in the middle, there is one of them, and never none or two."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from aion.adapters.catalog.latency import RecentLatency
from aion.adapters.catalog.loading import load_catalog
from aion.adapters.packages import shelf as shelves
from aion.adapters.packages.shelf import Shelf
from aion.adapters.packages.sources import Candidate, FolderCandidate, Unpacked
from aion.app.resources import modules_folders


class Stopped(BaseException):
    """The command is ended here, as by a signal."""


class Interrupted:
    """Ends a command at its nth step on the disk; `was` says whether it came so far."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int, error: Callable[[], BaseException]) -> None:
        self.was = False
        self._left = at
        self._error = error
        for name in ("rename", "unlink", "rmdir", "chmod"):
            monkeypatch.setattr(Path, name, self._counted(getattr(Path, name)))
        monkeypatch.setattr(shelves, "_sync", self._counted(shelves._sync))
        # A command that is ended tidies nothing up.
        monkeypatch.setattr(shutil, "rmtree", self._counted(shutil.rmtree, may_fail=False))

    def _counted(self, step: Callable[..., object], *, may_fail: bool = True) -> Callable[..., object]:
        def counted(*arguments: object, **named: object) -> object:
            if self.was:
                return None if not may_fail else step(*arguments, **named)
            self._left -= 1
            if self._left == 0 and may_fail:
                self.was = True
                raise self._error()
            return step(*arguments, **named)

        return counted


def installed(shelf: Shelf, candidate: Candidate, *, replace: bool = False) -> Path:
    return shelf.install(candidate, lambda _: None, replace=replace).folder


def served(settings, config: Path) -> str:
    """The words of the one module that a server would run, by a load that takes no part in any repair."""
    catalog = load_catalog(config, modules_folders(settings), RecentLatency())
    (package,) = catalog.packages()
    return (package.folder / "README.md").read_text()


@pytest.mark.parametrize(
    ("error", "damaged"),
    [(Stopped, False), (lambda: OSError(28, "No space left on device"), True)],
    ids=["killed while other bytes come", "a full disk while a damaged one is mended"],
)
def test_at_every_step_there_is_the_old_one_or_the_new_one(author, settings, tmp_path, error, damaged):
    config = tmp_path / "config"
    config.mkdir()
    old, new = author.package(place="old"), author.package(place="new")
    (old / "README.md").write_text("old")
    (new / "README.md").write_text("new")
    seen = set()
    for at in range(1, 60):
        shutil.rmtree(settings.shelf, ignore_errors=True)
        shelf = Shelf(settings.shelf)
        place = installed(shelf, FolderCandidate(new if damaged else old))
        if damaged:
            (place / "README.md").write_text("old")
        with pytest.MonkeyPatch.context() as patch:
            step = Interrupted(patch, at, error)
            try:
                installed(shelf, FolderCandidate(new), replace=True)
            except (Stopped, OSError):
                assert step.was
        seen.add(served(settings, config))
        installed(shelf, FolderCandidate(new), replace=True)
        assert served(settings, config) == "new"
        assert len(list(settings.shelf.glob("says/*"))) == 1
        assert list(settings.shelf.glob(".staging/*")) == []
        if not step.was:
            break
    else:
        pytest.fail("it never came to its end")
    assert seen == {"old", "new"}


def test_what_is_installed_is_what_was_checked(author, settings, tmp_path):
    folder = author.package()

    def rebuilt_meanwhile(unpacked: Unpacked) -> None:
        (folder / "says.wasm").write_bytes(b"other bytes")
        assert unpacked.contents.package.wasm.read_bytes() == unpacked.contents.wasm.content
        assert not unpacked.contents.package.wasm.is_relative_to(folder)

    done = Shelf(settings.shelf).install(FolderCandidate(folder), rebuilt_meanwhile, replace=False)
    assert (done.folder / "says.wasm").read_bytes() == done.unpacked.contents.wasm.content


def test_others_install_while_one_compiles(author, settings):
    shelf = Shelf(settings.shelf)
    compiling, go_on = threading.Event(), threading.Event()

    def slow(_: Unpacked) -> None:
        compiling.set()
        assert go_on.wait(30)

    slow_one = threading.Thread(
        target=shelf.install, args=(FolderCandidate(author.package("slow")), slow), kwargs={"replace": False}
    )
    slow_one.start()
    try:
        assert compiling.wait(30)
        installed(shelf, FolderCandidate(author.package("quick")))
        assert [module.name for module in shelf.modules()] == ["quick"]
    finally:
        go_on.set()
        slow_one.join()
    assert [module.name for module in shelf.modules()] == ["quick", "slow"]
