"""The tasks of the fake, accepted as AION's law says: once for a request id, once for a task id, and refused whole."""

import secrets
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from aion_sdk._gen.aion import v1
from aion_sdk._wire import encode
from aion_sdk._wire.decode import task_spec
from aion_sdk.requests import TaskSpec
from aion_sdk.testing.refusals import RefusedCall
from aion_sdk.testing.running import RunningTask, decision
from aion_sdk.testing.scripts import Script

DEFAULT_PAGE = 50
LARGEST_PAGE = 500
HEARTBEAT_SECONDS = 1.0
Item = TypeVar("Item")


class FakeTasks:
    """Every method may be called by many threads."""

    def __init__(self, scripts: Mapping[str, Script]) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.tasks: dict[str, RunningTask] = {}
        self.submitted: list[TaskSpec] = []
        self._closed = False
        self._scripts = scripts
        self._fingerprints: dict[str, bytes] = {}
        self._keys: dict[str, tuple[bytes, str]] = {}

    def submit(self, request: v1.TaskRequest, *, schedule_id: str = "") -> v1.TaskResult:
        """Accept a task, or answer with the one that was accepted before. Raises RefusedCall."""
        spec = _spec_of(request)
        fingerprint = _fingerprint(spec)
        with self.changed:
            if (known := self._known(spec.request_id, fingerprint, spec.task_id)) is not None:
                return known
            task = self._accept(spec, fingerprint, only_check=request.validate_only, schedule_id=schedule_id)
            if task is None:
                return v1.TaskResult(schema_version="1.0", intent=spec.intent, decision=decision(spec))
            accepted = self._as_it_is(task)
            self._start(task)
        if request.wait:
            return self.wait(accepted.task_id, request.wait.total_seconds())
        return accepted

    def retry(self, request: v1.RetryRequest) -> v1.TaskResult:
        """Do again what an ended task did. Raises RefusedCall."""
        with self.changed:
            old = self.find(request.task_id)
            spec = replace(
                old.spec, task_id=request.new_task_id, request_id=request.request_id, expire_time=None, not_before=None
            )
            fingerprint = request.task_id.encode() + b"/" + request.new_task_id.encode()
            if (known := self._known(request.request_id, fingerprint, request.new_task_id)) is not None:
                return known
            if not old.ended:
                raise RefusedCall("TASK_NOT_ENDED", f"task {request.task_id} is {old.message.status}; cancel it first")
            task = self._accept(spec, fingerprint, retry_of=request.task_id, only_check=request.validate_only)
            if task is None:
                return v1.TaskResult(schema_version="1.0", intent=spec.intent, decision=decision(spec))
            accepted = self._as_it_is(task)
            self._start(task)
            return accepted

    def find(self, task_id: str) -> RunningTask:
        """The task of that id. Raises RefusedCall."""
        found = self.tasks.get(task_id)
        if found is None:
            raise RefusedCall("TASK_NOT_FOUND", f"there is no task {task_id}")
        return found

    def read(self, task_id: str) -> v1.TaskResult:
        """The task as it is. Raises RefusedCall."""
        with self.changed:
            return self._as_it_is(self.find(task_id))

    def wait(self, task_id: str, seconds: float) -> v1.TaskResult:
        """The task when it has ended, or as it is when time is up."""
        give_up = time.monotonic() + seconds
        with self.changed:
            task = self.find(task_id)
            while not task.ended and not self._closed and (left := give_up - time.monotonic()) > 0:
                self.changed.wait(left)
            return self._as_it_is(task)

    def cancel(self, task_id: str) -> v1.TaskResult:
        """End a task, unless it has ended. Raises RefusedCall."""
        with self.changed:
            task = self.find(task_id)
            task.cancel()
            self.changed.notify_all()
            return self._as_it_is(task)

    def release(self, task_id: str) -> None:
        """Let a task go on that holds, or that waits for its time. Raises RefusedCall."""
        with self.changed:
            self.find(task_id).run()
            self.changed.notify_all()

    def follow(self, task_id: str, after: int) -> Iterator[v1.TaskEvent | None]:
        """The events after an offset, until the end; None is a heartbeat. Raises RefusedCall."""
        with self.changed:
            task = self.find(task_id)
            if after > len(task.log):
                raise RefusedCall("OFFSET_OUT_OF_RANGE", f"the log of task {task_id} ends at {len(task.log)}")
        while True:
            with self.changed:
                fresh, ended = task.log[after:], task.ended
                if not fresh and not ended and not self._closed:
                    self.changed.wait(HEARTBEAT_SECONDS)
            yield from fresh
            after += len(fresh)
            if not fresh:
                if ended or self._closed:
                    return
                yield None

    def close(self) -> None:
        """Let nobody wait any longer."""
        with self.changed:
            self._closed = True
            self.changed.notify_all()

    def page(self, request: v1.ListTasksRequest) -> v1.ListTasksResponse:
        """A page of tasks, newest first. Raises RefusedCall."""
        with self.changed:
            found = [
                task.message
                for task in reversed(self.tasks.values())
                if (not request.states or task.message.state in request.states)
                and request.intent in {"", task.message.intent}
            ]
            items, token = cut(found, request.page_size, request.page_token)
            return v1.ListTasksResponse(tasks=[_short(task) for task in items], next_page_token=token)

    def _known(self, request_id: str, fingerprint: bytes, task_id: str) -> v1.TaskResult | None:
        if request_id and (earlier := self._keys.get(request_id)) is not None:
            if earlier[0] != fingerprint:
                raise RefusedCall("IDEMPOTENCY_KEY_REUSED", "the idempotency key was used for another request")
            return self._as_it_is(self.tasks[earlier[1]], replayed=True)
        if task_id in self.tasks:
            if self._fingerprints[task_id] != fingerprint:
                raise RefusedCall("TASK_ALREADY_EXISTS", f"the id {task_id} is taken by another task")
            return self._as_it_is(self.tasks[task_id], replayed=True)
        return None

    def _accept(
        self,
        spec: TaskSpec,
        fingerprint: bytes,
        *,
        retry_of: str = "",
        schedule_id: str = "",
        only_check: bool = False,
    ) -> RunningTask | None:
        script = self._scripts.get(spec.intent)
        if script is None:
            known = ", ".join(sorted(self._scripts)) or "none"
            raise RefusedCall(
                "INTENT_NOT_FOUND",
                f"the fake was not told of the intent {spec.intent}; it knows {known}",
                violations={"intent": "must be one that `on` was called with"},
            )
        if spec.expire_time is not None and spec.expire_time <= datetime.now(UTC):
            raise RefusedCall("EXPIRE_TIME_PAST", "the expire time lies in the past")
        outcome = script.peek()
        if not only_check or outcome.refusal is not None:
            script.take()
        if outcome.refusal is not None:
            raise outcome.refusal
        if only_check:
            return None
        task_id = spec.task_id or str(uuid.uuid4())
        task = RunningTask(task_id, spec, outcome.steps, retry_of=retry_of, schedule_id=schedule_id)
        self.tasks[task_id] = task
        self.submitted.append(spec)
        self._fingerprints[task_id] = fingerprint
        if spec.request_id:
            self._keys[spec.request_id] = (fingerprint, task_id)
        return task

    def _start(self, task: RunningTask) -> None:
        if task.spec.not_before is None or task.spec.not_before <= datetime.now(UTC):
            task.run()
        self.changed.notify_all()

    @staticmethod
    def _as_it_is(task: RunningTask, *, replayed: bool = False) -> v1.TaskResult:
        # A copy: the task goes on while the answer is being written.
        message = v1.TaskResult.parse(bytes(task.message))
        message.replayed = replayed
        return message


def cut(items: list[Item], page_size: int, page_token: str) -> tuple[list[Item], str]:
    """A page of a list and the token of the next one. Raises RefusedCall."""
    begin = 0
    if page_token:
        if not page_token.isdigit() or int(page_token) > len(items):
            raise RefusedCall("PAGE_TOKEN_INVALID", "the page token is not one of this list")
        begin = int(page_token)
    end = begin + min(page_size or DEFAULT_PAGE, LARGEST_PAGE)
    return items[begin:end], str(end) if end < len(items) else ""


def new_secret() -> str:
    """Something that nobody can guess."""
    return secrets.token_urlsafe(24)


def _spec_of(request: v1.TaskRequest) -> TaskSpec:
    try:
        return task_spec(request)
    except (TypeError, ValueError) as error:
        raise RefusedCall("VALIDATION_FAILED", str(error)) from error


def _fingerprint(spec: TaskSpec) -> bytes:
    ordered = replace(
        spec, request_id="", params=dict(sorted(spec.params.items())), metadata=dict(sorted(spec.metadata.items()))
    )
    return bytes(encode.task_message(ordered))


def _short(message: v1.TaskResult) -> v1.TaskResult:
    short = v1.TaskResult.parse(bytes(message))
    short.result_json, short.attempts, short.decision = "", [], None
    return short
