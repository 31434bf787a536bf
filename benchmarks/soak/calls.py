"""What a client of AION does all day: submits, most of them waiting for the result, gets, lists, cancels, streams.

Of twenty calls twelve create a task (eight wait for its result, two do not, one streams, one makes a task that starts
later), five get one, two list, one cancels.
"""

import random
from collections import deque
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from grpc import aio

from aion.v1 import lifecycle_pb2, tasks_pb2
from benchmarks.load import channel_to
from benchmarks.soak.generator import NotEnded, WrongAnswer
from benchmarks.submits import SUBMIT, TEXT, bearer, new_key

if TYPE_CHECKING:
    # grpcio's classes are generic in their stubs only.
    Unary = aio.UnaryUnaryMultiCallable[bytes, bytes]
    Streaming = aio.UnaryStreamMultiCallable[bytes, bytes]

SERVICE = SUBMIT.rpartition("/")[0]
DEADLINE = 10.0
"""Seconds that a client gives each call."""

HELD_FOR = timedelta(seconds=10)
"""How much later a task for later starts."""

REMEMBERED = 2_000
"""Tasks that gets and cancels choose from."""

SHARES = {
    "submit": 8,
    "submit, no wait": 2,
    "submit for later": 1,
    "stream": 1,
    "get": 5,
    "list": 2,
    "cancel": 1,
}


class Client:
    """One key over one connection. `accepted` are the ids of all tasks that it was told of."""

    def __init__(self, address: str, api_key: str, seed: int, held_for: timedelta) -> None:
        self._held_for = held_for
        self.accepted: list[str] = []
        self.chooser = random.Random(seed)
        self._metadata = bearer(api_key)
        self._channel = channel_to(address)
        names = ("Submit", "StatusById", "ListTasks", "Cancel")
        self._methods: dict[str, Unary] = {name: self._channel.unary_unary(f"{SERVICE}/{name}") for name in names}
        self._stream: Streaming = self._channel.unary_stream(f"{SERVICE}/Stream")
        self._recent: deque[str] = deque(maxlen=REMEMBERED)
        self._held: deque[str] = deque(maxlen=REMEMBERED)

    async def close(self) -> None:
        """Lets go of the connection."""
        await self._channel.close()

    async def unary(self, name: str, request: bytes) -> bytes:
        """One answer of one method."""
        return await self._methods[name](request, metadata=self._metadata, timeout=DEADLINE)

    async def submit(self) -> None:
        """A task, and its result in the same call."""
        request = tasks_pb2.TaskRequest(intent="redact", params={"text": TEXT}, request_id=new_key(0))
        request.wait.FromTimedelta(timedelta(seconds=2 * DEADLINE))
        task = self._took(await self.unary("Submit", request.SerializeToString()))
        if task.state == lifecycle_pb2.TASK_STATE_OK and "EMAIL_1" in task.result_json:
            return
        if task.state in (lifecycle_pb2.TASK_STATE_PENDING, lifecycle_pb2.TASK_STATE_RUNNING):
            raise NotEnded
        if task.state != lifecycle_pb2.TASK_STATE_CANCELED:  # another call of this client may have canceled it
            raise WrongAnswer(f"a submit ended {task.status}: {task.error.message}")

    async def submit_without_wait(self) -> None:
        """A task that is accepted; what becomes of it is looked at when all is over."""
        request = tasks_pb2.TaskRequest(intent="redact", params={"text": TEXT}, request_id=new_key(0))
        self._recent.append(self._took(await self.unary("Submit", request.SerializeToString())).task_id)

    async def submit_for_later(self) -> None:
        """A task that is held back for some seconds."""
        request = tasks_pb2.TaskRequest(intent="redact", params={"text": TEXT}, request_id=new_key(0))
        later = datetime.now(UTC) + self._held_for
        request.not_before.FromDatetime(later)
        task = self._took(await self.unary("Submit", request.SerializeToString()))
        if task.state != lifecycle_pb2.TASK_STATE_PENDING and datetime.now(UTC) < later:
            raise WrongAnswer(f"a task for later is {task.status}")
        self._held.append(task.task_id)

    async def stream(self) -> None:
        """A task whose tokens are followed to its end."""
        request = tasks_pb2.TaskRequest(intent="summarize", params={"text": TEXT}, request_id=new_key(0))
        offset = 0
        task = tasks_pb2.TaskResult()
        async for message in self._stream(request.SerializeToString(), metadata=self._metadata, timeout=DEADLINE):
            task = tasks_pb2.TaskResult.FromString(message)
            if not offset and not task.HasField("event"):
                self._took(message)
            elif task.event.offset != offset + 1:
                raise WrongAnswer(f"offset {task.event.offset} came after {offset}")
            else:
                offset += 1
        if not offset or task.state != lifecycle_pb2.TASK_STATE_OK:
            raise WrongAnswer(f"a stream ended {task.status} after {offset} events")

    async def get(self) -> None:
        """One of the tasks of late."""
        wanted = self._choose()
        answer = await self.unary("StatusById", tasks_pb2.TaskId(task_id=wanted).SerializeToString())
        if tasks_pb2.TaskResult.FromString(answer).task_id != wanted:
            raise WrongAnswer("a get answered with another task")

    async def list(self) -> None:
        """The newest page."""
        answer = await self.unary("ListTasks", tasks_pb2.ListTasksRequest(page_size=20).SerializeToString())
        times = [task.create_time.ToNanoseconds() for task in tasks_pb2.ListTasksResponse.FromString(answer).tasks]
        if not times or len(times) > 20 or times != sorted(times, reverse=True):
            raise WrongAnswer(f"a page of {len(times)} tasks, or not the newest first")

    async def cancel(self) -> None:
        """By chance a task that is held back, or any of late, which mostly has ended."""
        wanted = self._held.popleft() if self._held and self.chooser.getrandbits(1) else self._choose()
        answer = await self.unary("Cancel", tasks_pb2.CancelRequest(task_id=wanted).SerializeToString())
        if tasks_pb2.CancelResponse.FromString(answer).task.task_id != wanted:
            raise WrongAnswer("a cancel answered with another task")

    def _took(self, answer: bytes) -> tasks_pb2.TaskResult:
        task = tasks_pb2.TaskResult.FromString(answer)
        if task.replayed or not task.task_id:
            raise WrongAnswer("a new request was answered as a replay")
        self.accepted.append(task.task_id)
        if len(self._recent) < 100:
            self._recent.append(task.task_id)
        return task

    def _choose(self) -> str:
        if not self._recent:
            raise WrongAnswer("no task was accepted yet")
        return self.chooser.choice(self._recent)


class Mix:
    """The next call of many, in an order that a seed decides."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._turn: list[str] = []
        self._calls = {
            "submit": client.submit,
            "submit, no wait": client.submit_without_wait,
            "submit for later": client.submit_for_later,
            "stream": client.stream,
            "get": client.get,
            "list": client.list,
            "cancel": client.cancel,
        }

    def __call__(self) -> tuple[str, Awaitable[None]]:
        """Its kind, and what makes it."""
        if not self._turn:
            self._turn = [kind for kind, share in SHARES.items() for _ in range(share)]
            self._client.chooser.shuffle(self._turn)
        kind = self._turn.pop()
        return kind, self._calls[kind]()


@asynccontextmanager
async def client_of(address: str, api_key: str, seed: int = 1, held_for: timedelta = HELD_FOR) -> AsyncIterator[Client]:
    """A client whose first task has ended, so that there is one to get."""
    client = Client(address, api_key, seed, held_for)
    try:
        await client.submit()
        await client.submit_without_wait()
        await client.stream()
        yield client
    finally:
        await client.close()
