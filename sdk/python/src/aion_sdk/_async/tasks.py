"""Everything that can be done with tasks."""

import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Unpack

from aion_sdk._about import about
from aion_sdk._async.calls import AsyncCalls
from aion_sdk._async.pages import AsyncPages
from aion_sdk._async.raw import AsyncRawCall
from aion_sdk._async.streams import AsyncTaskStream
from aion_sdk._batching import check_concurrency, chunks
from aion_sdk._contract import methods
from aion_sdk._cursor import StreamCursor
from aion_sdk._transport.aio import each
from aion_sdk._wire import decode, encode
from aion_sdk.decisions import Decision
from aion_sdk.errors import AionError, InternalError
from aion_sdk.lifecycle import TaskState
from aion_sdk.options import SUBMIT_WAIT_SECONDS, whole
from aion_sdk.paging import Page
from aion_sdk.requests import TaskOptions, TaskSpec, as_spec
from aion_sdk.tasks import BatchOutcome, Task


class AsyncTasks:
    """Submit, run, stream and watch tasks; read, list, cancel, retry and explain them.

    Every method raises AionError for a refused call. A task that failed is no refused call: look at `task.error`, or
    call `task.raise_for_status()`. `timeout` is in seconds and bounds the call with all its retries.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def submit(
        self,
        intent: str | TaskSpec,
        params: Mapping[str, str] | None = None,
        *,
        wait: float | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
        **options: Unpack[TaskOptions],
    ) -> Task:
        """Submit a task; return as soon as it is accepted durably.

        `wait` (seconds, at most 60) lets the server answer when the task has ended, if that comes first. With
        `validate_only` everything is checked and decided and nothing accepted: the answer has a decision and the state
        UNKNOWN, since there is no task that could have one. See TaskSpec for the other options; a whole TaskSpec may
        stand in place of the intent.
        """
        beside = ("wait", "validate_only", "timeout")
        return await self._submit(as_spec(intent, params, options, beside), wait, timeout, validate_only=validate_only)

    async def run(
        self,
        intent: str | TaskSpec,
        params: Mapping[str, str] | None = None,
        *,
        timeout: float | None = None,
        **options: Unpack[TaskOptions],
    ) -> Task:
        """Submit a task and return it when it has ended, failed or not.

        Without `timeout` it waits as long as the task lives: every task has an expire time. It outlasts a restart of
        the server as a stream does (`max_reconnects`). Raises DeadlineExceeded when `timeout` passes first; the task
        goes on, and the error has its `task_id` and `idempotency_key`.
        """
        began = time.monotonic()
        spec = as_spec(intent, params, options, ("timeout",))
        # Half of the time: the answer says which task it is, and must be here before the time is up.
        wait = SUBMIT_WAIT_SECONDS if timeout is None else min(SUBMIT_WAIT_SECONDS, timeout / 2)
        attempt = self._calls.options.timeout + wait
        with about(task_id=spec.task_id, idempotency_key=spec.request_id):
            request = encode.task_request(spec, wait)
            task = decode.task(await self._calls.lasting(methods.SUBMIT, request, timeout, attempt=attempt))
        if task.ended:
            return task
        left = None if timeout is None else max(0.0, timeout - (time.monotonic() - began))
        cursor = StreamCursor(task_id=task.task_id, idempotency_key=spec.request_id, after_offset=task.last_offset)
        async with AsyncTaskStream(self._calls, cursor, left) as stream:
            return await stream.result()

    def stream(
        self,
        intent: str | TaskSpec,
        params: Mapping[str, str] | None = None,
        *,
        timeout: float | None = None,
        **options: Unpack[TaskOptions],
    ) -> AsyncTaskStream:
        """Submit a task and iterate over its events; nothing is sent before the first one is asked for."""
        spec = as_spec(intent, params, options, ("timeout",))
        cursor = StreamCursor(submission=encode.task_request(spec), idempotency_key=spec.request_id)
        return AsyncTaskStream(self._calls, cursor, timeout)

    def watch(self, task_id: str, *, after_offset: int = 0, timeout: float | None = None) -> AsyncTaskStream:
        """Iterate over the events of a task after an offset, from its start by default, until its end."""
        whole("after_offset", after_offset)
        return AsyncTaskStream(self._calls, StreamCursor(task_id=task_id, after_offset=after_offset), timeout)

    async def get(self, task_id: str, *, timeout: float | None = None) -> Task:
        """Read a task. Raises NotFound."""
        with about(task_id=task_id):
            return decode.task(await self._calls.unary(methods.STATUS_BY_ID, encode.task_id(task_id), timeout))

    def list(
        self,
        *,
        states: Iterable[TaskState | str] = (),
        intent: str = "",
        page_size: int = 0,
        limit: int | None = None,
    ) -> AsyncPages[Task]:
        """Iterate over the tasks, newest first, at most `limit`; a `page_size` of 0 leaves it to the server.

        They come without result, attempts and decision.
        """
        wanted = tuple(map(TaskState, states))

        async def fetch(page_token: str) -> Page[Task]:
            request = encode.list_tasks_request(page_size, page_token, wanted, intent)
            return decode.task_page(await self._calls.unary(methods.LIST_TASKS, request))

        return AsyncPages(fetch, limit)

    async def cancel(self, task_id: str, *, timeout: float | None = None) -> Task:
        """Ask to end a task and return it as it is then; a task that has ended stays as it is."""
        key = str(uuid.uuid4())
        with about(task_id=task_id, idempotency_key=key):
            request = encode.cancel_request(task_id, key)
            return decode.canceled(await self._calls.unary(methods.CANCEL, request, timeout))

    async def explain(self, task_id: str, *, timeout: float | None = None) -> Decision:
        """Read why a task runs where it runs: every candidate with its reasons."""
        with about(task_id=task_id):
            request = encode.explain_request(task_id)
            return decode.decision(await self._calls.unary(methods.EXPLAIN_DECISION, request, timeout))

    async def retry(
        self,
        task_id: str,
        *,
        new_task_id: str = "",
        request_id: str = "",
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> Task:
        """Submit again what an ended task did, under the policies of now; return the new task. Raises Refused.

        With `validate_only` nothing is accepted: the answer has a decision and no state.
        """
        key = request_id or str(uuid.uuid4())
        request = encode.retry_request(task_id, new_task_id, key, validate_only=validate_only)
        with about(task_id=task_id, idempotency_key=key):
            return decode.task(await self._calls.unary(methods.RETRY, request, timeout))

    async def batch(
        self, specs: Iterable[TaskSpec], *, concurrency: int = 4, timeout: float | None = None
    ) -> tuple[BatchOutcome, ...]:
        """Submit any number of tasks, each accepted or refused on its own; return an outcome for each, in their order.

        They go in calls of up to 100, `concurrency` of them at once, at most 64; `timeout` bounds each call. A call
        that fails is the outcome of its tasks. Submitting the same specs again makes no second task: each has a request
        id. All are read and written before the first is sent. Raises ConfigurationError for a concurrency out of
        bounds.
        """
        check_concurrency(concurrency)
        submit = partial(self._submit_chunk, timeout)
        # What cannot be read or written raises here, before anything is sent: nobody loses what was accepted.
        parts = list(chunks(specs))
        return tuple(chain.from_iterable(await each(submit, parts, concurrency=concurrency)))

    @property
    def with_raw_response(self) -> "AsyncRawTasks":
        """The same calls, each answering with a RawResponse."""
        return AsyncRawTasks(self)

    async def _submit_chunk(self, timeout: float | None, chunk: Sequence[TaskSpec]) -> tuple[BatchOutcome, ...]:
        try:
            answer = await self._calls.unary(methods.SUBMIT_BATCH, encode.batch_request(chunk), timeout)
            outcomes = decode.batch(answer)
            if len(outcomes) != len(chunk):
                raise InternalError(f"the server answered {len(outcomes)} outcomes for {len(chunk)} tasks")
        except AionError as error:
            return tuple(BatchOutcome(error=error) for _ in chunk)
        return outcomes

    async def _submit(
        self, spec: TaskSpec, wait: float | None, limit: float | None, *, validate_only: bool = False
    ) -> Task:
        if limit is None:
            limit = self._calls.options.timeout + (wait or 0.0)
        request = encode.task_request(spec, wait, validate_only=validate_only)
        with about(task_id=spec.task_id, idempotency_key=spec.request_id):
            return decode.task(await self._calls.unary(methods.SUBMIT, request, limit))


class AsyncRawTasks:
    """Tasks, with raw responses. What takes several calls (`run`, `batch`, lists and streams) has none."""

    def __init__(self, tasks: AsyncTasks) -> None:
        self.submit = AsyncRawCall(tasks.submit)
        self.get = AsyncRawCall(tasks.get)
        self.cancel = AsyncRawCall(tasks.cancel)
        self.retry = AsyncRawCall(tasks.retry)
        self.explain = AsyncRawCall(tasks.explain)
