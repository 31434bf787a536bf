"""What is wrong with a configuration, all of it at once, each problem where an editor can jump to it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend. `line` counts from 1, 0 means the file as a whole; `field` is a path, empty for the
    document.
    """

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.field}: {self.message}" if self.field else f"{place}: {self.message}"


class ConfigurationInvalid(Exception):
    """The configuration cannot be used. `problems` holds everything found, sorted by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        if not self.problems:
            raise ValueError("a configuration without problems is not invalid")
        super().__init__("\n".join(str(problem) for problem in self.problems))
