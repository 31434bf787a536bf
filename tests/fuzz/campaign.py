"""A campaign: so many requests to every RPC over one transport, every answer judged. The same seed makes the same
requests, each from its own place, so that one can be made again alone.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Self

from tests.fuzz.judging import Judge
from tests.fuzz.known import Known
from tests.fuzz.requests import Answer, Cell, Request, cells_of
from tests.fuzz.targets import Lane, Target, lanes_to

SEED, ONLY = "AION_FUZZ_SEED", "AION_FUZZ_ONLY"
LANES = 24
"""Requests under way at once."""

PATIENCE = 90.0
"""Seconds after which an answer does not come any more: generous, since it only delays a failure."""

GONE = frozenset({"SCHEDULE_NOT_FOUND", "WEBHOOK_NOT_FOUND"})
"""What is said of ids that another call deleted."""

ENOUGH = 10
"""Findings after which a campaign gives up."""


def given_seed() -> int:
    """The seed: a fixed one, so that tests are the same every time, unless the environment says another."""
    return int(os.environ.get(SEED, "1"))


@dataclass(frozen=True, slots=True)
class Finding:
    """An answer that must not be."""

    seed: int
    place: str
    fault: str
    request: Request | None
    answer: Answer | None

    def __str__(self) -> str:
        shown = self.request.shown() if self.request else "was never made"
        said = (
            "nothing" if self.answer is None else f"{self.answer.code} {self.answer.reason}: {self.answer.raw[:600]!r}"
        )
        again = f"{SEED}={self.seed} {ONLY}={self.place} python -m pytest tests/fuzz/test_every_rpc.py"
        return f"{self.place}: {self.fault}\n  {shown}\n  answered {said}\n  again: {again}"


@dataclass
class Tally:
    """What a campaign saw: answers by cell and by what they said."""

    seed: int
    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    @property
    def calls(self) -> int:
        """How many there were."""
        return self.answers.total()

    def __iadd__(self, other: "Tally") -> Self:
        self.answers += other.answers
        self.findings += other.findings
        return self

    def __str__(self) -> str:
        by_word = Counter[str]()
        for (_, said), count in self.answers.items():
            by_word[said] += count
        return f"{self.calls} calls: {', '.join(f'{said} {count}' for said, count in by_word.most_common())}"


async def campaign(target: Target, transport: str, places: range, seed: int, only: str = "") -> Tally:
    """Sends a request to every RPC over this transport for each of these numbers. `only` is a place such as
    `grpc/Submit/17`, or a cell, or a transport.
    """
    cells, tally, judge = cells_of(transport), Tally(seed), Judge(target.secrets)
    turns, renewing = _turns(cells, places, only), asyncio.Lock()

    async def work(lane: Lane) -> None:
        for cell, index in turns:
            if len(tally.findings) >= ENOUGH:
                return
            known = target.known_to(cell)
            for kind in await _one(lane, cell, index, known, tally, judge):
                async with renewing:
                    await target.renew(known, kind)

    async with lanes_to(target, transport, cells, LANES) as lanes:
        await asyncio.gather(*(work(lane) for lane in lanes))
    return tally


def _turns(cells: list[Cell], places: range, only: str) -> Iterator[tuple[Cell, int]]:
    """Every place, or the one; all cells take turns."""
    for index in places:
        for cell in cells:
            if only in ("", cell.transport, cell.name, f"{cell.name}/{index}"):
                yield cell, index


async def _one(lane: Lane, cell: Cell, index: int, known: Known, tally: Tally, judge: Judge) -> list[str]:
    """One request, judged; the kinds of ids of which its caller has none left."""
    place = f"{cell.name}/{index}"
    request = lane.compose(Random(f"{tally.seed}/{place}"), cell, known)
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await lane.send(request)
    except TimeoutError:
        tally.answers[cell.name, "nothing"] += 1
        tally.findings.append(Finding(tally.seed, place, f"no answer within {PATIENCE:.0f} s", request, None))
        return []
    tally.answers[cell.name, "left" if answer.left else answer.reason or answer.code] += 1
    if fault := judge.fault(request, answer):
        tally.findings.append(Finding(tally.seed, place, fault, request, answer))
    for message in answer.messages:
        known.learn(message)
    gone = answer.code == "OK" and cell.method.name.startswith("Delete")
    return known.forget(request.target + b"\n" + request.body) if gone or answer.reason in GONE else []
