"""The fake itself: what a test scripts, looks at and disturbs."""

from types import TracebackType
from typing import Self, Unpack

from aion_sdk._async.client import AsyncClient
from aion_sdk._sync.client import Client
from aion_sdk._wire.decode import task_result
from aion_sdk.options import OptionChanges
from aion_sdk.requests import TaskSpec
from aion_sdk.tasks import Task
from aion_sdk.testing.refusals import RefusedCall
from aion_sdk.testing.scripts import Script
from aion_sdk.testing.server import Door, Faults, serve
from aion_sdk.testing.services import services
from aion_sdk.testing.store import FakeTasks

QUICK: OptionChanges = {"first_delay": 0.001, "max_delay": 0.01}
"""Options of the clients that it makes: a retry costs a test nothing."""


class FakeAion:
    """A server on this machine until `close`; a context manager, for sync and async tests alike.

    `api_key` makes it refuse calls without that key. `target` is its address for clients of your own, which may be in
    other processes too.
    """

    def __init__(self, *, api_key: str | None = None) -> None:
        self._scripts: dict[str, Script] = {}
        self._tasks = FakeTasks(self._scripts)
        self._faults = Faults()
        self._api_key = api_key
        self.calls: list[str] = []
        """The RPCs that came, in their order, such as `Submit`."""
        door = Door(services(self._scripts, self._tasks), self._faults, self.calls, api_key)
        self._server, self.target = serve(door)

    def on(self, intent: str) -> Script:
        """Say what happens to the tasks of an intent; one that was never named is refused as INTENT_NOT_FOUND."""
        return self._scripts.setdefault(intent, Script())

    def client(self, **options: Unpack[OptionChanges]) -> Client:
        """Make a client of the fake; close it."""
        return Client(self.target, api_key=self._api_key, environ={}, **QUICK).with_options(**options)

    def async_client(self, **options: Unpack[OptionChanges]) -> AsyncClient:
        """Make an asyncio client of the fake; close it."""
        return AsyncClient(self.target, api_key=self._api_key, environ={}, **QUICK).with_options(**options)

    @property
    def submitted(self) -> list[TaskSpec]:
        """What was accepted, in its order; a replay is not there twice."""
        with self._tasks.changed:
            return list(self._tasks.submitted)

    @property
    def tasks(self) -> list[Task]:
        """The tasks as they are now, in the order of their acceptance."""
        with self._tasks.changed:
            return [task_result(task.message) for task in self._tasks.tasks.values()]

    def release(self, task_id: str) -> None:
        """Let a task go on that holds, or that waits for its `not_before`. Raises KeyError when there is none."""
        if task_id not in self._tasks.tasks:
            raise KeyError(task_id)
        self._tasks.release(task_id)

    def refuse_calls(
        self, reason: str = "DRAINING", *, times: int = 1, message: str = "", retry_after: float | None = None
    ) -> None:
        """Refuse the next calls, whatever they ask; `times=0` takes back those that are still to come.

        Raises ValueError for a reason that is none of a refused call.
        """
        words = message or f"the fake was told to refuse with {reason}"
        self._faults.refuse(RefusedCall(reason, words, retry_after=retry_after), times)

    def cut_stream(self, *, after: int) -> None:
        """Lose the connection of the next stream after so many messages; the SDK goes on where it was."""
        self._faults.cut(after)

    def close(self) -> None:
        """Stop; streams that are open end."""
        self._tasks.close()
        self._server.stop(None).wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
