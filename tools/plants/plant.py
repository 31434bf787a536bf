"""What a plant is: one small, wrong edit of a source file, and the test that must not pass with it."""

from dataclasses import dataclass
from pathlib import Path


class DoesNotFit(Exception):
    """The source has changed so that the plant has no place in it; give it a new one."""


@dataclass(frozen=True, slots=True)
class Plant:
    """`right` stands exactly once in `file`; with `wrong` in its place, `caught_by` must fail."""

    name: str
    file: str
    right: str
    wrong: str
    caught_by: str

    def planted(self, source: str) -> str:
        """The source with the bug in it. Raises DoesNotFit."""
        found = source.count(self.right)
        if found != 1:
            raise DoesNotFit(f"{self.name}: {self.right!r} stands {found} times in {self.file}, it must stand once")
        return source.replace(self.right, self.wrong)

    def check(self, root: Path) -> None:
        """Raises DoesNotFit when there is no place for it, or no test of that name."""
        self.planted((root / self.file).read_text())
        path, _, test = self.caught_by.partition("::")
        if f"def {test}(" not in (root / path).read_text():
            raise DoesNotFit(f"{self.name}: {path} has no test {test}")
