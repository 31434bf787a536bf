"""One subject, once, in a process of its own and in the Python that has its client: started, measured, ended.

python -m benchmarks.peers.one_round PLAN FILE      the plan as JSON; what was found goes to the file, as JSON
"""

import asyncio
import contextlib
import importlib
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

from benchmarks.load import Door, WrongAnswer, closed_loop, open_loop
from benchmarks.peers.subject import Running, Subject
from benchmarks.processes import processor_seconds, pss_mib, tree_of

FIRST_ANSWER_SECONDS = 60.0
_LOOK_SECONDS = 0.1
_QUANTILES = {"p50": 0.5, "p99": 0.99}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured. `module` has the subject; `text` is what the job is given."""

    module: str
    text: str
    in_flight: int
    seconds: float
    rates: Sequence[float]
    quiet_seconds: float


@dataclass(slots=True)
class Found:
    """What a round found, or why it found nothing: `wrong` when an answer was, `failed` when there was none."""

    packages: dict[str, str] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    wrong: str = ""
    failed: str = ""


def main(arguments: Sequence[str]) -> None:
    """Measures and writes what was found, whatever that is."""
    plan, file = Plan(**json.loads(arguments[0])), Path(arguments[1])
    found = Found()
    try:
        subject: Subject = importlib.import_module(plan.module).SUBJECT
        found.packages = {name: version(name) for name in subject.packages}
        subject.prepare()
        found.figures = dict(asyncio.run(_measured(subject, plan)))
    except WrongAnswer as answer:
        found.wrong = f"{answer}"
    except Exception as error:  # noqa: BLE001 - whatever keeps a peer from answering is what the report says of it
        found.failed = f"{type(error).__name__}: {error}"
    file.write_text(json.dumps(asdict(found)))


async def _measured(subject: Subject, plan: Plan) -> Mapping[str, float]:
    figures = {}
    began = time.perf_counter()
    with subject.serving(plan.text) as running:
        await _answers(running)
        figures["first answer s"] = time.perf_counter() - began
        await asyncio.sleep(plan.quiet_seconds)
        figures["idle MiB"] = sum(pss_mib(pid) for pid in running.pids)
        figures["processes"] = sum(len(tree_of(pid)) for pid in running.pids)
        before = _processor_seconds(running)
        pace = await closed_loop(running.door, plan.in_flight, plan.seconds)
        figures["servers us"] = (_processor_seconds(running) - before) / pace.calls * 1e6
        figures["calls/s"] = pace.per_second
        figures["client us"] = pace.client_us
        for rate in plan.rates:
            latencies = await open_loop(running.door, rate, plan.seconds, plan.in_flight)
            for name, share in _QUANTILES.items():
                figures[f"{name} ms at {rate:g}/s"] = latencies.quantile(share)
            figures[f"refused % at {rate:g}/s"] = latencies.refused_percent
    return figures


def _processor_seconds(running: Running) -> float:
    """Of all processes that run now."""
    total = 0.0
    for pid in [pid for root in running.pids for pid in tree_of(root)]:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended since it was listed
            total += processor_seconds(pid)
    return total


async def _answers(running: Running) -> None:
    """Returns with the first answer; raises when a process ends or the time is over before."""
    until = time.monotonic() + FIRST_ANSWER_SECONDS
    asking = asyncio.ensure_future(_once(running.door))
    try:
        while not asking.done():
            await asyncio.wait({asking}, timeout=_LOOK_SECONDS)
            running.check()
            if time.monotonic() > until:
                raise TimeoutError(f"no answer within {FIRST_ANSWER_SECONDS:g} s")
        await asking
    finally:
        asking.cancel()


async def _once(door: Door) -> None:
    async with door.opened(1) as call:
        await call(0)


if __name__ == "__main__":
    main(sys.argv[1:])
