"""Whether this process is alive and whether it should get work: two questions with two answers.

Alive is what only a restart can mend, so it never asks a dependency. Ready is whether calls can be served
now: started, not draining, and no part reports a problem.
"""

from collections.abc import Callable, Mapping
from enum import Enum


class Phase(Enum):
    """Where the process is in its life."""

    STARTING = "starting"
    SERVING = "serving"
    DRAINING = "draining"


class Health:
    """What the parts of this process say of themselves, and who wants to know when that changes."""

    def __init__(self) -> None:
        self._phase = Phase.STARTING
        self._problems: dict[str, str] = {}
        self._listeners: list[Callable[[bool], None]] = []

    @property
    def phase(self) -> Phase:
        """Where the process is in its life."""
        return self._phase

    @property
    def ready(self) -> bool:
        """Whether calls can be served now."""
        return self._phase is Phase.SERVING and not self._problems

    @property
    def problems(self) -> Mapping[str, str]:
        """Why it is not ready, by part; empty when it is."""
        if self._phase is Phase.SERVING:
            return dict(self._problems)
        return {"server": self._phase.value, **self._problems}

    def enter(self, phase: Phase) -> None:
        """Goes on to the next phase."""
        self._change(phase, self._problems)

    def report(self, part: str, problem: str = "") -> None:
        """A part says what is wrong with it, or, with nothing, that all is well."""
        problems = {name: text for name, text in self._problems.items() if name != part}
        self._change(self._phase, problems | {part: problem} if problem else problems)

    def listen(self, listener: Callable[[bool], None]) -> None:
        """Calls `listener` with readiness now, and whenever it changes."""
        self._listeners.append(listener)
        listener(self.ready)

    def _change(self, phase: Phase, problems: dict[str, str]) -> None:
        before = self.ready
        self._phase, self._problems = phase, problems
        if self.ready is not before:
            for listener in self._listeners:
                listener(self.ready)
