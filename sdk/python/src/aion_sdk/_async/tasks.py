"""Everything that can be done with tasks."""

import time
import uuid
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Unpack

from aion_sdk._async.calls import AsyncCalls
from aion_sdk._async.streams import AsyncTaskStream
from aion_sdk._cursor import StreamCursor
from aion_sdk._wire import decode, encode, methods
from aion_sdk.decisions import Decision
from aion_sdk.lifecycle import TaskState
from aion_sdk.options import SUBMIT_WAIT_SECONDS
from aion_sdk.requests import TaskOptions, TaskSpec
from aion_sdk.tasks import BatchOutcome, Task, TaskPage


class AsyncTasks:
    """Submit, run, stream and watch tasks; read, list, cancel and explain them.

    Every method raises AionError for a refused call. A task that failed is no refused call: look at `task.error`, or
    call `task.raise_for_status()`. `timeout` is in seconds and bounds the call with all its retries.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def submit(
        self,
        intent: str,
        params: Mapping[str, str] | None = None,
        *,
        wait: float | None = None,
        timeout: float | None = None,
        **options: Unpack[TaskOptions],
    ) -> Task:
        """Submit a task; return as soon as it is accepted durably.

        `wait` (seconds, at most 60) lets the server answer when the task has ended, if that comes first. See TaskSpec
        for the other options.
        """
        return await self._submit(TaskSpec.of(intent, params, **options), wait, timeout)

    async def run(
        self,
        intent: str,
        params: Mapping[str, str] | None = None,
        *,
        timeout: float | None = None,
        **options: Unpack[TaskOptions],
    ) -> Task:
        """Submit a task and return it when it has ended, failed or not.

        Without `timeout` it waits as long as the task lives: every task has an expire time. Raises DeadlineExceeded
        when `timeout` passes first; the task goes on.
        """
        began = time.monotonic()
        wait = SUBMIT_WAIT_SECONDS if timeout is None else min(SUBMIT_WAIT_SECONDS, timeout * 0.9)
        task = await self._submit(TaskSpec.of(intent, params, **options), wait, timeout)
        if task.ended:
            return task
        left = None if timeout is None else max(0.0, timeout - (time.monotonic() - began))
        async with self.watch(task.task_id, after_offset=task.last_offset, timeout=left) as stream:
            return await stream.result()

    def stream(
        self,
        intent: str,
        params: Mapping[str, str] | None = None,
        *,
        timeout: float | None = None,
        **options: Unpack[TaskOptions],
    ) -> AsyncTaskStream:
        """Submit a task and iterate over its events; nothing is sent before the first one is asked for."""
        submission = encode.task_request(TaskSpec.of(intent, params, **options))
        return AsyncTaskStream(self._calls, StreamCursor(submission=submission), timeout)

    def watch(self, task_id: str, *, after_offset: int = 0, timeout: float | None = None) -> AsyncTaskStream:
        """Iterate over the events of a task after an offset, from its start by default, until its end."""
        return AsyncTaskStream(self._calls, StreamCursor(task_id=task_id, after_offset=after_offset), timeout)

    async def get(self, task_id: str, *, timeout: float | None = None) -> Task:
        """Read a task. Raises NotFound."""
        return decode.task(await self._calls.unary(methods.STATUS_BY_ID, encode.task_id(task_id), timeout))

    async def list(
        self,
        *,
        states: Iterable[TaskState | str] = (),
        intent: str = "",
        page_size: int = 0,
        limit: int | None = None,
    ) -> AsyncIterator[Task]:
        """Iterate over the tasks, newest first, page after page, at most `limit`. They come without their results."""
        token, seen, wanted = "", 0, tuple(states)
        while True:
            page = await self.list_page(states=wanted, intent=intent, page_size=page_size, page_token=token)
            for task in page.tasks:
                if limit is not None and seen >= limit:
                    return
                seen += 1
                yield task
            token = page.next_page_token
            if not token or seen == limit:
                return

    async def list_page(
        self,
        *,
        states: Iterable[TaskState | str] = (),
        intent: str = "",
        page_size: int = 0,
        page_token: str = "",
        timeout: float | None = None,
    ) -> TaskPage:
        """Read one page of tasks; a `page_size` of 0 leaves it to the server."""
        request = encode.list_tasks_request(page_size, page_token, map(TaskState, states), intent)
        return decode.task_page(await self._calls.unary(methods.LIST_TASKS, request, timeout))

    async def cancel(self, task_id: str, *, request_id: str = "", timeout: float | None = None) -> Task:
        """Ask to end a task and return it as it is then; a task that has ended stays as it is."""
        request = encode.cancel_request(task_id, request_id or str(uuid.uuid4()))
        return decode.canceled(await self._calls.unary(methods.CANCEL, request, timeout))

    async def explain(self, task_id: str, *, timeout: float | None = None) -> Decision:
        """Read why a task runs where it runs: every candidate with its reasons."""
        request = encode.explain_request(task_id)
        return decode.decision(await self._calls.unary(methods.EXPLAIN_DECISION, request, timeout))

    async def submit_batch(
        self,
        specs: Iterable[TaskSpec],
        *,
        request_id: str = "",
        timeout: float | None = None,
    ) -> tuple[BatchOutcome, ...]:
        """Submit up to 100 tasks; each is accepted or refused on its own, in the order of the specs."""
        request = encode.batch_request(specs, request_id or str(uuid.uuid4()))
        return decode.batch(await self._calls.unary(methods.SUBMIT_BATCH, request, timeout))

    async def _submit(self, spec: TaskSpec, wait: float | None, limit: float | None) -> Task:
        if limit is None:
            limit = self._calls.options.timeout + (wait or 0.0)
        return decode.task(await self._calls.unary(methods.SUBMIT, encode.task_request(spec, wait), limit))
