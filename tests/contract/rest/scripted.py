"""The real front door over use cases that a test scripts: what REST and SSE make of it, without store, worker or
engine.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from aion.adapters.clock import SystemClock, SystemEntropy
from aion.adapters.limits.token_bucket import Unlimited
from aion.adapters.rpc.handlers import handlers
from aion.adapters.rpc.pipeline import Pipeline, PipelineParts
from aion.adapters.rpc.streams import StreamTimes
from aion.adapters.transports.http.probes import Check
from aion.adapters.transports.rest.operations import load_document
from aion.adapters.transports.web.app import HttpParts, http_app
from aion.domain.errors import AionError, Unauthenticated
from aion.domain.identity import ALL_SCOPES, Caller, Identity
from aion.domain.routing import Decision
from aion.domain.tasks import Task
from aion.ports.catalog import IntentFacts, ModuleDescription, ModuleExample, ModuleFacts
from aion.ports.identity import Credentials
from aion.ports.tasks import TaskFilter
from aion.ports.usecases import (
    IntentPage,
    ModulePage,
    Progress,
    ServerInfo,
    Steps,
    SubmitCommand,
    Submitted,
    TaskPage,
    Ticket,
    TicketWish,
    UseCases,
)
from tests.contract.rest.samples import DECISION, TIME, a_task, an_ended_task
from tests.contract.rest.scripted_services import scripted_schedules, scripted_webhooks

DOCUMENT = load_document(Path(__file__).resolve().parents[3] / "openapi" / "aion.v1.yaml")
KEY = {"authorization": "Bearer good"}
READER = {"x-api-key": "reader"}


HTTP_PARTS = {"origins", "places", "socket_times", "socket_bounds"}


class Keys:
    """`good` may all, `reader` may read tasks."""

    def authenticate(self, credentials: Credentials) -> Identity:
        said = credentials.headers.get("authorization", "").removeprefix("Bearer ")
        key = said or credentials.headers.get("x-api-key", "")
        if key == "good":
            return Identity("acme", "svc", ALL_SCOPES)
        if key == "reader":
            return Identity("acme", "reader", frozenset({"tasks:read"}))
        raise Unauthenticated("the key is not known; send a valid one as `Authorization: Bearer KEY`")


class Record:
    """Remembers how a call ended."""

    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    def __init__(self, ended: list[tuple[str, str]], defects: list[BaseException]) -> None:
        self._ended = ended
        self._defects = defects

    def end(self, code: str, reason: str = "") -> None:
        self._ended.append((code, reason))

    def defect(self, error: BaseException) -> None:
        self._defects.append(error)


@dataclass
class Observer:
    """Remembers how all calls ended."""

    ended: list[tuple[str, str]] = field(default_factory=list)
    defects: list[BaseException] = field(default_factory=list)
    transports: list[str] = field(default_factory=list)

    def began(self, method: str, transport: str, traceparent: str, request_id: str) -> Record:
        self.transports.append(transport)
        return Record(self.ended, self.defects)


@dataclass
class Script:
    """What the use cases answer, and what they were asked."""

    submitted: Submitted | AionError | BaseException = field(default_factory=lambda: Submitted(a_task(), False))
    batch: Sequence[Submitted | AionError] = ()
    task: Task | AionError = field(default_factory=an_ended_task)
    progress: list[Progress | BaseException] = field(default_factory=list)
    commands: list[SubmitCommand] = field(default_factory=list)
    callers: list[Caller] = field(default_factory=list)
    filters: list[tuple[TaskFilter, int, str]] = field(default_factory=list)
    watched: list[tuple[str, int]] = field(default_factory=list)
    hold: asyncio.Event | None = None
    """When set, submit and the end of a stream wait for it."""
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def submit(self, caller: Caller, command: SubmitCommand) -> Submitted:
        self.callers.append(caller)
        self.commands.append(command)
        await self._wait()
        if isinstance(self.submitted, BaseException):
            raise self.submitted
        return self.submitted

    async def submit_batch(
        self, caller: Caller, commands: Sequence[SubmitCommand | AionError]
    ) -> Sequence[Submitted | AionError]:
        return self.batch

    async def stream(self, caller: Caller, command: SubmitCommand) -> AsyncIterator[Steps]:
        self.commands.append(command)
        if isinstance(self.submitted, BaseException):
            raise self.submitted
        yield [Progress(task=self.submitted.task, replayed=self.submitted.replayed)]
        async for progress in self._progress(0):
            yield [progress]

    async def watch(self, caller: Caller, task_id: str, after_offset: int) -> AsyncIterator[Steps]:
        self.watched.append((task_id, after_offset))
        if isinstance(self.task, AionError):
            raise self.task
        async for progress in self._progress(after_offset):
            yield [progress]

    async def get(self, caller: Caller, task_id: str) -> Task:
        if isinstance(self.task, AionError):
            raise self.task
        return replace(self.task, task_id=task_id)

    async def list_tasks(self, caller: Caller, filter: TaskFilter, page_size: int, page_token: str) -> TaskPage:
        self.filters.append((filter, page_size, page_token))
        return TaskPage([an_ended_task()], "next")

    async def explain(self, caller: Caller, task_id: str) -> Decision:
        return DECISION

    async def list_intents(self, caller: Caller, page_size: int, page_token: str) -> IntentPage:
        schema = '{\n  "type": "object"\n}'
        return IntentPage(
            [IntentFacts("summarize", "Shortens.", schema, schema, ("module:summarize@1.0.0",), timedelta(hours=1))],
            "",
        )

    async def list_modules(self, caller: Caller, page_size: int, page_token: str) -> ModulePage:
        module = ModuleFacts(
            "summarize", "1.0.0", "sha256:00", ("summarize",), "Apache-2.0", timedelta(milliseconds=1500), 0, 1 << 28, 0
        )
        return ModulePage([module], "")

    async def describe_module(self, caller: Caller, name: str, version: str) -> ModuleDescription:
        module = (await self.list_modules(caller, 0, "")).modules[0]
        example = ModuleExample("short", '{"text": "One. Two."}', '{"summary": "One."}')
        return ModuleDescription(module, '{"type": "object"}', '{"type": "object"}', (example,), ("1.0.0",))

    async def create_ticket(self, caller: Caller, wish: TicketWish) -> Ticket:
        return Ticket("aion_ticket_" + "x" * 40, TIME)

    async def info(self, caller: Caller) -> ServerInfo:
        return ServerInfo("0.1.0", TIME, ("wasm",), "sha256:00")

    async def _progress(self, after_offset: int) -> AsyncIterator[Progress]:
        try:
            for step in self.progress:
                if isinstance(step, BaseException):
                    raise step
                if step.event is None or step.event.offset > after_offset:
                    yield step
            await self._wait()
        finally:
            self.left.set()

    async def _wait(self) -> None:
        self.entered.set()
        if self.hold is not None:
            try:
                await self.hold.wait()
            finally:
                self.left.set()

    def use_cases(self) -> UseCases:
        return UseCases(
            submit=self.submit,
            submit_batch=self.submit_batch,
            stream=self.stream,
            watch=self.watch,
            get=self.get,
            list_tasks=self.list_tasks,
            cancel=self.get,
            explain=self.explain,
            list_intents=self.list_intents,
            list_modules=self.list_modules,
            describe_module=self.describe_module,
            server_info=self.info,
            retry=self.submit,
            schedules=scripted_schedules(),
            webhooks=scripted_webhooks(),
            create_ticket=self.create_ticket,
        )


@dataclass
class Face:
    """The HTTP face of one script."""

    app: Callable[..., Any]
    script: Script
    observer: Observer
    pipeline: Pipeline
    problems: dict[str, str]


async def a_face(
    script: Script | None = None,
    *,
    checks: Mapping[str, Check] | None = None,
    metrics_open: bool = False,
    docs_open: bool = False,
    **parts: Any,
) -> Face:
    """The HTTP face over a script."""
    script, observer = script or Script(), Observer()
    problems: dict[str, str] = {}
    pipeline = Pipeline(
        handlers(script.use_cases()),
        PipelineParts(
            authenticator=parts.get("authenticator", Keys()),
            key_limit=parts.get("key_limit", Unlimited()),
            peer_limit=parts.get("peer_limit", Unlimited()),
            clock=SystemClock(),
            entropy=SystemEntropy(),
            observer=observer,
            times=parts.get("times", StreamTimes()),
        ),
    )
    app = http_app(
        HttpParts(
            pipeline=pipeline,
            document=DOCUMENT,
            problems=lambda: problems,
            checks=checks or {},
            metrics=lambda: b"aion_up 1\n",
            metrics_open=metrics_open,
            docs_open=docs_open,
            **{name: parts[name] for name in HTTP_PARTS & parts.keys()},
        )
    )
    return Face(app, script, observer, pipeline, problems)
