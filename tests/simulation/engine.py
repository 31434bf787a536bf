"""An engine that does what the seed says: answers fast or late, streams, fails, hangs, or takes its host with it.

Everything that an attempt says carries its number: so a log and a result tell by themselves who wrote them.
"""

import asyncio
import json
from collections.abc import Mapping

from aion.domain.attempts import NO_TURN, AttemptOutcome, AttemptResult, Failure
from aion.domain.events import EventKind, NewEvent
from aion.ports.engines import EmitEvents, EngineJob
from tests.simulation.chance import Chance

WAYS: Mapping[str, float] = {
    "fast": 30,
    "slow": 18,
    "stream": 22,
    "transient": 8,
    "permanent": 3,
    "hang": 5,
    "host dies": 5,
    "no turn": 3,
    "wrong": 3,
}

TRAPPED = AttemptResult(AttemptOutcome.FAILED, failure=Failure("MODULE_TRAPPED", "it divided by zero"))
REFUSED = AttemptResult(
    AttemptOutcome.FAILED, failure=Failure("MODULE_FAILED", "this input never works", retryable=False)
)
TIMED_OUT = AttemptResult(AttemptOutcome.TIMEOUT, failure=Failure("ATTEMPT_TIMEOUT", "it ran too long"))
WAITED = AttemptResult(AttemptOutcome.LOST, failure=Failure(NO_TURN, "all places were taken"))
HOST_DIED = AttemptResult(AttemptOutcome.LOST)


class ScriptedEngine:
    """One machine's engine. `ways` says how often an attempt goes which way."""

    def __init__(self, chance: Chance, ways: Mapping[str, float] = WAYS) -> None:
        self.ways = ways
        self.running: dict[tuple[str, str, int], asyncio.Future[None]] = {}
        self._chance = chance
        self._together: set[tuple[str, str, int]] = set()

    async def run(self, job: EngineJob, emit: EmitEvents) -> AttemptResult:
        """Runs it the way that is drawn for it."""
        me = (job.tenant, job.task_id, job.attempt)
        host: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.running[me] = host
        if not job.alone:
            self._together.add(me)
        try:
            return await self._ended(job, emit, host)
        except asyncio.CancelledError:
            # A guest is ended, not asked: that takes a moment.
            await asyncio.sleep(self._chance.between(0, 0.3))
            raise
        finally:
            del self.running[me]
            self._together.discard(me)

    async def close(self) -> None:
        """There is no process to end."""

    async def _ended(self, job: EngineJob, emit: EmitEvents, host: "asyncio.Future[None]") -> AttemptResult:
        way = self._chance.weighted(self.ways)
        if way == "no turn":
            await asyncio.sleep(self._chance.between(0.01, 0.2))
            return WAITED
        said = 0
        if way == "stream" or self._chance.happens(0.2):
            for said in range(1, self._chance.whole(2, 7)):
                emit((NewEvent(EventKind.TOKEN, f"{job.attempt}.{said} "),))
                if await self._died_within(host, self._chance.between(0, 0.15)):
                    return HOST_DIED
        seconds = job.timeout.total_seconds()
        late = {"fast": 0.004, "hang": seconds, "host dies": 0.4}.get(way, 1.2)
        least = seconds if way == "hang" else 0.0
        if await self._died_within(host, min(self._chance.between(least, late), seconds)):
            return HOST_DIED
        return self._result(way, job, said)

    def _result(self, way: str, job: EngineJob, said: int) -> AttemptResult:
        match way:
            case "hang":
                return TIMED_OUT
            case "transient":
                return TRAPPED
            case "permanent":
                return REFUSED
            case "host dies":
                self._take_neighbours(job)
                return HOST_DIED
            case "wrong":
                return AttemptResult(AttemptOutcome.OK, result_json="[]")
            case _:
                text = json.dumps({"attempt": job.attempt, "task": job.task_id, "tenant": job.tenant, "said": said})
                return AttemptResult(AttemptOutcome.OK, result_json=text, fuel=job.attempt)

    def _take_neighbours(self, job: EngineJob) -> None:
        """The host dies with everybody in it; who runs alone has one of its own."""
        if not job.alone:
            for neighbour in sorted(self._together):
                if not (host := self.running[neighbour]).done():
                    host.set_result(None)

    async def _died_within(self, host: "asyncio.Future[None]", seconds: float) -> bool:
        await asyncio.wait((host,), timeout=seconds)
        return host.done()
