"""What is there before a campaign begins: a tenant for each service with something of each kind, and one whose words
nobody else may see.
"""

from functools import partial
from typing import Any
from uuid import uuid4

import grpc
from google.protobuf.message import Message

from aion.v1 import schedules_pb2, tasks_pb2, webhooks_pb2
from tests.contract.transports.examples import EXAMPLES, Prepare
from tests.contract.transports.preparations import World, a_schedule, a_story, a_webhook, schedule, webhook
from tests.e2e.callers import Caller, MakeCaller, task_request
from tests.e2e.faces import BY_NAME, GrpcFace
from tests.e2e.processes import Running
from tests.fuzz.known import Known
from tests.fuzz.requests import Cell
from tests.fuzz.targets import Target, service_of

FAR = 4_000_000_000
"""A moment that does not come while a test runs."""

AT_ONCE = 3
"""How many are made anew of what is there no more."""


async def world_of(server: Running, make: MakeCaller) -> Target:
    """A server that is ready to be called, with everything that calls may be about."""
    services: dict[str, list[str]] = {}
    for name, method in BY_NAME.items():
        services.setdefault(service_of(Cell("grpc", method)), []).append(name)
    secret = f"secret-{uuid4().hex}"
    stranger = await _stranger(make(), secret)
    known = {}
    for service, names in services.items():
        caller = make()
        await _prepare(World(caller), names)
        known[service] = Known(dict(caller.grpc.headers), foreign=stranger.own)
        await _look_around(caller.grpc, known[service])
    return Target(server.grpc, server.http, known, (secret.encode(),), partial(_renew, server.grpc))


async def _renew(address: str, known: Known, kind: str) -> None:
    """Ids of this kind, of which a caller has none any more: looked for, and made where there are none."""
    if known.own[kind]:
        return  # while this waited for its turn another call has learnt one
    name = {"schedule_id": "Schedule", "webhook_id": "Webhook"}[kind]
    async with grpc.aio.insecure_channel(address) as channel:
        face = GrpcFace(channel, known.headers)
        await _learn(face, known, f"List{name}s", page_size=100)
        if known.own[kind]:
            return
        for _ in range(AT_ONCE):
            await face.unary(BY_NAME[f"Create{name}"], _one_more(kind))
        if kind == "webhook_id":
            # A task that ends makes a delivery for each; those that were known went with their webhooks.
            known.own["delivery_id"].clear()
            await face.unary(BY_NAME["Submit"], task_request(wait=30))
        await _learn(face, known, f"List{name}s", page_size=100)
        for webhook_id in tuple(known.own[kind]) if kind == "webhook_id" else ():
            await _learn(face, known, "ListWebhookDeliveries", webhook_id=webhook_id, page_size=100)


def _one_more(kind: str) -> Message:
    if kind == "webhook_id":
        return webhooks_pb2.CreateWebhookRequest(webhook=webhook())
    anew = schedule(schedule_id=f"anew-{uuid4().hex[:8]}")
    return schedules_pb2.CreateScheduleRequest(schedule=anew)


async def _prepare(world: World, names: list[str]) -> None:
    """Everything that the examples of these RPCs are about, each once."""
    steps: list[Prepare] = [step for name in names if name in EXAMPLES for step in EXAMPLES[name].prepare]
    for step in dict.fromkeys(steps):
        await step(world)
    if a_story in steps:
        await _call(world, "Submit", _waiting("waits"))


async def _stranger(caller: Caller, secret: str) -> Known:
    """Another tenant, whose every word has the secret in it."""
    world = World(caller)
    for step in (a_story, a_schedule, a_webhook):
        await step(world)
    words = {"params": {"text": secret}, "metadata": {"note": secret}}
    await _call(world, "Submit", task_request(task_id=f"theirs-{uuid4().hex[:8]}", wait=30, **words))
    timed = schedules_pb2.Schedule(
        schedule_id=f"theirs-{uuid4().hex[:8]}",
        cron="@yearly",
        paused=True,
        pause_note=secret,
        task=task_request(**words),
    )
    await _call(world, "CreateSchedule", schedules_pb2.CreateScheduleRequest(schedule=timed))
    told = webhooks_pb2.Webhook(url="http://127.0.0.1:9/aion", states=[6], description=secret)
    await _call(world, "CreateWebhook", webhooks_pb2.CreateWebhookRequest(webhook=told))
    known = Known(dict(caller.grpc.headers))
    await _look_around(caller.grpc, known)
    return known


async def _look_around(face: GrpcFace, known: Known) -> None:
    """Reads every list in short pages, for the ids and the page tokens that it gives."""
    for name, method in BY_NAME.items():
        fields = method.request.DESCRIPTOR.fields_by_name
        if "page_size" not in fields or "page_token" not in fields:
            continue
        asked = {field: known.own[field][0] for field in fields if field.endswith("_id") and known.own[field]}
        if any(field.endswith("_id") and field not in asked for field in fields):
            continue
        for size in (1, 100):
            await _learn(face, known, name, page_size=size, **asked)


async def _learn(face: GrpcFace, known: Known, name: str, **asked: Any) -> None:
    """All that a list says; nothing, when another call has just deleted what it is about."""
    method = BY_NAME[name]
    call = face.channel.unary_unary(method.path)
    try:
        data = await call(method.request(**asked).SerializeToString(), metadata=tuple(face.headers.items()))
    except grpc.aio.AioRpcError as error:
        if error.code() is grpc.StatusCode.NOT_FOUND:
            return
        raise
    known.learn(method.response.FromString(data), whole=True)


def _waiting(task_id: str) -> tasks_pb2.TaskRequest:
    request = task_request(task_id=task_id)
    request.not_before.seconds = FAR
    return request


async def _call(world: World, name: str, request: Message) -> None:
    await world.call(name, request)
