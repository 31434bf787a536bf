"""What the examples are about, made over gRPC in the tenant of their caller: a story that has ended, a schedule that
never fires by itself, a webhook and one delivery of it.
"""

from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from aion.v1 import schedules_pb2, tasks_pb2, webhooks_pb2
from tests.e2e.callers import Caller, task_request
from tests.e2e.faces import BY_NAME
from tests.e2e.patience import eventually

TASK_ID, RETRIED, SCHEDULE_ID = "the-example", "the-example-again", "the-schedule"


@dataclass
class World:
    """Who calls, and the ids of what was made for the calls."""

    caller: Caller | None = None
    task_id: str = TASK_ID
    schedule_id: str = SCHEDULE_ID
    webhook_id: str = "wh-example"
    delivery_id: str = "dl-example"

    async def call(self, name: str, request: Message) -> Any:
        """The answer over gRPC."""
        assert self.caller is not None
        return await self.caller.grpc.unary(BY_NAME[name], request)


def story() -> tasks_pb2.TaskRequest:
    """The request that made the example; sent again it is a replay."""
    return task_request(intent="story", task_id=TASK_ID, request_id="example", metadata={"a": "b"})


NOWHERE = World(None, *["nobody-has-it"] * 4)
"""Ids of nothing."""


def retry(task_id: str = TASK_ID) -> tasks_pb2.RetryRequest:
    """The request that does the example again; sent again it is a replay."""
    return tasks_pb2.RetryRequest(task_id=task_id, new_task_id=RETRIED, request_id="again")


def schedule(cron: str = "0 0 29 2 *", schedule_id: str = SCHEDULE_ID) -> schedules_pb2.Schedule:
    """A schedule; this one fires in leap years."""
    return schedules_pb2.Schedule(
        schedule_id=schedule_id, cron=cron, time_zone="Europe/Berlin", task=tasks_pb2.TaskRequest(intent="story")
    )


def trigger(schedule_id: str = SCHEDULE_ID) -> schedules_pb2.TriggerScheduleRequest:
    """The request that fired the schedule; sent again it is a replay."""
    return schedules_pb2.TriggerScheduleRequest(schedule_id=schedule_id, request_id="now")


def webhook(description: str = "the example") -> webhooks_pb2.Webhook:
    """A webhook to a port of this machine where nobody listens: no name is looked up, nothing is sent."""
    return webhooks_pb2.Webhook(url="http://127.0.0.1:9/aion", states=[3], description=description)


async def a_story(world: World) -> None:
    """Runs the example to its end."""
    request = story()
    request.wait.seconds = 30
    assert (await world.call("Submit", request))["status"] == "OK"


async def a_retry(world: World) -> None:
    """Does it again, to its end."""
    await world.call("Retry", retry())
    await _ended(world, RETRIED)


async def a_schedule(world: World) -> None:
    """Makes the schedule."""
    await world.call("CreateSchedule", schedules_pb2.CreateScheduleRequest(schedule=schedule()))


async def a_triggered_schedule(world: World) -> None:
    """Fires it once, and waits for the end of its task."""
    answer = await world.call("TriggerSchedule", trigger())
    await _ended(world, answer["task"]["task_id"])


async def a_webhook(world: World) -> None:
    """Makes the webhook."""
    made = await world.call("CreateWebhook", webhooks_pb2.CreateWebhookRequest(webhook=webhook()))
    world.webhook_id = made["webhook"]["webhook_id"]


async def a_delivery(world: World) -> None:
    """Waits until the end of the story is to be delivered."""

    async def there() -> bool:
        asked = webhooks_pb2.ListWebhookDeliveriesRequest(webhook_id=world.webhook_id)
        deliveries = (await world.call("ListWebhookDeliveries", asked))["deliveries"]
        if deliveries:
            world.delivery_id = deliveries[0]["delivery_id"]
        return bool(deliveries)

    await eventually(there, "the story's end is to be delivered")


async def _ended(world: World, task_id: str) -> None:
    async def ended() -> bool:
        task = await world.call("StatusById", tasks_pb2.TaskId(task_id=task_id))
        return bool(task["status"] == "OK")

    await eventually(ended, f"{task_id} has ended")
