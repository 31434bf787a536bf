"""Where plants are planted: a copy of what git knows, so that nobody's files are touched."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.plants.plant import Plant

_SECONDS = 300


class Ground:
    """A copy of the project in `folder`, with a package `aion` of its own."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._root = root
        self.folder = folder

    def lay_out(self) -> None:
        """Copies the files; what git ignores stays behind."""
        known = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        listed = subprocess.run(known, cwd=self._root, check=True, capture_output=True).stdout.decode()
        for name in filter(None, listed.split("\0")):
            source, copy = self._root / name, self.folder / name
            if source.is_file():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, copy)
        (self.folder / "_dev").mkdir()
        (self.folder / "_dev" / "aion").symlink_to("../src")

    def run(self, *tests: str) -> "subprocess.CompletedProcess[str]":
        """Runs tests on the copy; what processes of theirs import is the copy's, too."""
        # `-B`: an edit within one second of another must not meet the byte code of the other.
        command = (sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests)
        paths = os.pathsep.join((str(self.folder / "_dev"), str(self.folder / "sdk/python/src")))
        environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
        )

    def run_with(self, plant: Plant) -> "subprocess.CompletedProcess[str]":
        """Runs the test that must catch the plant, with the plant in place. Raises DoesNotFit."""
        path = self.folder / plant.file
        source = path.read_text()
        path.write_text(plant.planted(source))
        try:
            return self.run(plant.caught_by)
        finally:
            path.write_text(source)
