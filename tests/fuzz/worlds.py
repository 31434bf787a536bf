"""What is there before a campaign begins: a tenant for each service with something of each kind, and one whose words
nobody else may see.
"""

from uuid import uuid4

from google.protobuf.message import Message

from aion.v1 import schedules_pb2, tasks_pb2, webhooks_pb2
from tests.contract.transports.examples import EXAMPLES, Prepare
from tests.contract.transports.preparations import World, a_schedule, a_story, a_webhook
from tests.e2e.callers import Caller, MakeCaller, task_request
from tests.e2e.faces import BY_NAME
from tests.e2e.processes import Running
from tests.fuzz.known import Known
from tests.fuzz.requests import Cell
from tests.fuzz.targets import Target, service_of

FAR = 4_000_000_000
"""A moment that does not come while a test runs."""


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
        await _look_around(caller, known[service])
    return Target(server.grpc, server.http, known, (secret.encode(),))


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
    schedule = schedules_pb2.Schedule(
        schedule_id=f"theirs-{uuid4().hex[:8]}",
        cron="@yearly",
        paused=True,
        pause_note=secret,
        task=task_request(**words),
    )
    await _call(world, "CreateSchedule", schedules_pb2.CreateScheduleRequest(schedule=schedule))
    webhook = webhooks_pb2.Webhook(url="http://127.0.0.1:9/aion", states=[6], description=secret)
    await _call(world, "CreateWebhook", webhooks_pb2.CreateWebhookRequest(webhook=webhook))
    known = Known(dict(caller.grpc.headers))
    await _look_around(caller, known)
    return known


async def _look_around(caller: Caller, known: Known) -> None:
    """Reads every list in short pages, for the ids and the page tokens that it gives."""
    for method in BY_NAME.values():
        fields = method.request.DESCRIPTOR.fields_by_name
        if "page_size" not in fields or "page_token" not in fields:
            continue
        asked = {name: known.own[name][0] for name in fields if name.endswith("_id") and known.own[name]}
        if any(name.endswith("_id") and name not in asked for name in fields):
            continue
        call = caller.grpc.channel.unary_unary(method.path)
        metadata = tuple(caller.grpc.headers.items())
        for size in (1, 100):
            data = await call(method.request(page_size=size, **asked).SerializeToString(), metadata=metadata)
            known.learn(method.response.FromString(data), whole=True)


def _waiting(task_id: str) -> tasks_pb2.TaskRequest:
    request = task_request(task_id=task_id)
    request.not_before.seconds = FAR
    return request


async def _call(world: World, name: str, request: Message) -> None:
    await world.call(name, request)
