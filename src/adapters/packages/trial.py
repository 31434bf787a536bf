"""Runs the fixtures of a package in an engine, with the limits of its manifest, and says what came of each.

It is the author who reads this: what is wrong is said in words of the package, and what the module wrote to stderr is
shown with it.
"""

import statistics
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

import orjson

from aion.adapters.catalog.packages import AgentPackage
from aion.adapters.packages.fixtures import Fixture, differences
from aion.adapters.packages.measures import Taken
from aion.domain.attempts import AttemptOutcome, AttemptResult
from aion.domain.events import EventKind, NewEvent
from aion.ports.engines import Engine, EngineJob

_PATIENCE: Final = timedelta(minutes=2)
_MOST_LOG_LINES: Final = 20
_HINTS: Final = {
    "RESULT_MISSING": 'write one line {"type":"result","data":{...}} to stdout before you exit, and flush it',
    "OUTPUT_MALFORMED": "stdout takes only lines of the ABI, each one JSON object; what is for people goes to stderr",
    "OUTPUT_TOO_LARGE": "write fewer or shorter lines; docs/modules.md has the bounds",
    "FUEL_EXHAUSTED": "raise runtime.resources.fuel in manifest.yaml if the work is worth it, else look for a loop",
    "MEMORY_EXCEEDED": "raise runtime.resources.memory in manifest.yaml, or hold less at once",
    "MODULE_TRAPPED": "a panic or an abort; what it said is on stderr below, if it said anything",
    "MODULE_FAILED": "it exited with a status other than 0, which is how a module refuses its input",
    "ATTEMPT_TIMEOUT": "raise policies.timeout_ms in manifest.yaml, or do less",
}


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one fixture. `problems` is empty when it passed; `taken` None when it never ran; `note` says what an
    author may not expect.
    """

    name: str
    problems: tuple[str, ...]
    log: tuple[str, ...]
    taken: Taken | None
    result_bytes: int = 0
    events: int = 0
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether all was as the fixture says."""
        return not self.problems


async def try_fixture(engine: Engine, package: AgentPackage, fixture: Fixture, runs: int) -> Trial:
    """Runs a fixture so many times; time is the median, fuel and memory the most that was seen."""
    events: list[NewEvent] = []
    results: list[AttemptResult] = []
    seconds: list[float] = []
    for run in range(runs):
        # Listening costs time; the last run is listened to.
        emit = events.extend if run == runs - 1 else _ignore
        began = time.perf_counter()
        results.append(await engine.run(_job(package, fixture, run), emit))
        seconds.append(time.perf_counter() - began)
        if results[-1].outcome is not AttemptOutcome.OK and run == 0 and fixture.expectation != "fails":
            # It failed and will again: once more, to hear what it says.
            results.append(await engine.run(_job(package, fixture, run), events.extend))
            break
    last = results[-1]
    taken = Taken(
        max(each.fuel for each in results), max(each.memory_bytes for each in results), statistics.median(seconds)
    )
    problems = _problems(package, fixture, last)
    if len({each.result_json for each in results}) > 1:
        problems.append("it gives another result for the same input and seed; iterate in a fixed order, use no address")
    if package.deterministic and len({each.fuel for each in results}) > 1:
        problems.append("it burns other fuel for the same input, but its manifest says runtime.deterministic")
    log = [event.text for event in events if event.kind is EventKind.LOG]
    return Trial(
        name=fixture.name,
        problems=tuple(problems),
        log=tuple(log[-_MOST_LOG_LINES:]),
        taken=taken,
        result_bytes=len((last.result_json or "").encode()),
        events=len(events),
        note=_note(package, fixture),
    )


def _ignore(_: object) -> None:
    pass


def _job(package: AgentPackage, fixture: Fixture, run: int) -> EngineJob:
    return EngineJob(
        tenant="module-test",
        task_id=f"{fixture.name}-{run}",
        attempt=1,
        engine=package.engine,
        input_json=fixture.input_json,
        timeout=package.timeout,
        patience=_PATIENCE,
        seed=sha256(fixture.name.encode()).digest(),
    )


def _problems(package: AgentPackage, fixture: Fixture, result: AttemptResult) -> list[str]:
    assert package.output_schema is not None, "a broken package is not tried"
    refused = _refused(package, fixture)
    if fixture.expectation == "fails":
        return _expected_failure(str(fixture.expected), refused, result)
    if refused:
        return [f"the input schema refuses the fixture's input: {line}" for line in refused]
    if result.outcome is not AttemptOutcome.OK or result.result_json is None:
        return _unexpected_failure(result)
    document: Any = orjson.loads(result.result_json)
    wrong = [
        f"the output schema refuses the result: {each.field} {each.description}"
        for each in package.output_schema.violations(result.result_json, "result")
    ]
    return wrong + differences(fixture.expected, document, whole=fixture.expectation == "result")


def _refused(package: AgentPackage, fixture: Fixture) -> list[str]:
    assert package.input_schema is not None, "a broken package is not tried"
    found = package.input_schema.violations(fixture.input_json, "input")
    return [f"{each.field} {each.description}" for each in found]


def _note(package: AgentPackage, fixture: Fixture) -> str:
    """Where a failure is expected: the refusal that callers get instead of the module's, if the schema has one."""
    refused = _refused(package, fixture) if fixture.expectation == "fails" else []
    return f"the input schema refuses this before the module is asked: {refused[0]}" if refused else ""


def _expected_failure(words: str, refused: list[str], result: AttemptResult) -> list[str]:
    if result.outcome is AttemptOutcome.OK:
        return [f"it was to fail with {words!r}, but it gave a result: {(result.result_json or '')[:200]}"]
    message = result.failure.message if result.failure else ""
    if words not in message:
        said = f"; the input schema said {'; '.join(refused)}" if refused else ""
        return [f"it was to fail with {words!r}, but it failed with: {message}{said}"]
    return []


def _unexpected_failure(result: AttemptResult) -> list[str]:
    failure = result.failure
    if failure is None:
        return [f"the attempt ended {result.outcome.name}"]
    found = [f"{failure.code}: {failure.message}"]
    if hint := _HINTS.get(failure.code):
        found.append(hint)
    return found


def with_measuring_limits(package: AgentPackage) -> AgentPackage:
    """The package as it is tried: its own limits, and fuel counted also where none is set."""
    return replace(package, fuel=package.fuel or 10**15)
