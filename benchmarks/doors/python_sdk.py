"""The Python SDK as a program uses it: `tasks.run`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aion_sdk import AsyncClient, TaskState
from benchmarks.load import Call, WrongAnswer
from benchmarks.servers import Served
from benchmarks.submits import TEXT


@dataclass(frozen=True, slots=True)
class PythonSdk:
    """One client, one channel."""

    server: Served

    @asynccontextmanager
    async def opened(self, in_flight: int) -> AsyncIterator[Call]:
        """However many calls there are, they share the client."""
        async with AsyncClient(self.server.grpc, api_key=self.server.api_key, environ={}) as client:

            async def call(_: int) -> None:
                task = await client.tasks.run("redact", {"text": TEXT})
                if task.state is not TaskState.OK or task.replayed or "EMAIL_1" not in str(task.result):
                    raise WrongAnswer(task)

            yield call
