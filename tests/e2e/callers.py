"""Fixtures: callers of the server, each of a tenant of its own, with a face for every transport."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import grpc
import httpx2
import pytest

from aion.domain.identity import ALL_SCOPES
from aion.v1 import tasks_pb2
from tests.e2e.answers import Document
from tests.e2e.connect_faces import ConnectFace, GrpcWebFace
from tests.e2e.faces import BY_NAME, TIMEOUT, Face, GrpcFace, RestFace
from tests.e2e.processes import Running, new_tenant
from tests.e2e.socket_faces import SocketFace

MakeCaller = Callable[..., "Caller"]


@dataclass(frozen=True)
class Caller:
    """Somebody who calls: `faces` are its transports, `grpc` and `rest` the same by name."""

    tenant: str
    grpc: GrpcFace
    rest: RestFace
    more: tuple[Face, ...] = ()

    @property
    def faces(self) -> tuple[Face, ...]:
        """The two main transports: gRPC, and REST with SSE."""
        return (self.grpc, self.rest)

    @property
    def every_face(self) -> tuple[Face, ...]:
        """Every transport, every codec."""
        return (*self.faces, *self.more)

    def face(self, name: str) -> Face:
        """The transport of this name."""
        return self.grpc if name == "grpc" else self.rest

    async def submit(self, **request: object) -> Document:
        """Submits over gRPC; a duration such as `wait=5` is in seconds."""
        return await self.grpc.unary(BY_NAME["Submit"], task_request(**request))

    async def get(self, task_id: str) -> Document:
        """Reads a task."""
        return await self.grpc.unary(BY_NAME["StatusById"], tasks_pb2.TaskId(task_id=task_id))

    async def cancel(self, task_id: str) -> Document:
        """Cancels a task; the task afterwards."""
        answer = await self.grpc.unary(BY_NAME["Cancel"], tasks_pb2.CancelRequest(task_id=task_id))
        task: Document = answer["task"]
        return task

    async def tasks(self) -> list[Document]:
        """All of the tenant's tasks."""
        answer = await self.grpc.unary(BY_NAME["ListTasks"], tasks_pb2.ListTasksRequest(page_size=500))
        tasks: list[Document] = answer["tasks"]
        return tasks


def task_request(**members: object) -> tasks_pb2.TaskRequest:
    """A request; `echo` unless an intent is named, `wait` in seconds."""
    wait = members.pop("wait", None)
    request = tasks_pb2.TaskRequest(**{"intent": "echo", **members})  # type: ignore[arg-type]
    if isinstance(wait, int):
        request.wait.seconds = wait
    return request


@asynccontextmanager
async def callers_of(server: Running) -> AsyncIterator[MakeCaller]:
    """Makes callers of a server; of a new tenant and with all scopes unless said otherwise."""
    async with AsyncExitStack() as stack:
        channel = await stack.enter_async_context(grpc.aio.insecure_channel(server.grpc))
        # Nothing here is TLS, and to load the system's authorities takes longer than most tests.
        opened = httpx2.AsyncClient(base_url=server.url, timeout=TIMEOUT, verify=False)
        client = await stack.enter_async_context(opened)

        def make(
            tenant: str = "", principal: str = "tester", scopes: frozenset[str] = ALL_SCOPES, key: str | None = None
        ) -> Caller:
            tenant = tenant or new_tenant()
            text = server.key(tenant, principal, scopes) if key is None else key
            headers = {"authorization": f"Bearer {text}"} if text else {}
            more: tuple[Face, ...] = (
                ConnectFace(client, headers, "json"),
                ConnectFace(client, headers, "proto"),
                GrpcWebFace(client, headers, "proto"),
                SocketFace(f"ws://{server.http}", headers),
            )
            return Caller(tenant, GrpcFace(channel, headers), RestFace(client, headers), more)

        yield make


@pytest.fixture
async def callers(server: Running) -> AsyncIterator[MakeCaller]:
    """Makes callers of the server that all tests share."""
    async with callers_of(server) as make:
        yield make


@pytest.fixture
def caller(callers: MakeCaller) -> Caller:
    """Somebody of a tenant that nobody else uses."""
    return callers()


@pytest.fixture
def other(callers: MakeCaller) -> Caller:
    """Somebody of another tenant."""
    return callers()
