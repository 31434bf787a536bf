"""One good request for every RPC, how to break it, and what must be there before. A test holds this table against the
descriptors: an RPC without a row fails.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from aion.v1 import catalog_pb2, schedules_pb2, server_pb2, tasks_pb2, tickets_pb2, webhooks_pb2
from tests.contract.transports.preparations import (
    World,
    a_delivery,
    a_retry,
    a_schedule,
    a_story,
    a_triggered_schedule,
    a_webhook,
    retry,
    schedule,
    story,
    trigger,
    webhook,
)

Prepare = Callable[[World], Awaitable[None]]
NOT_AN_ID = "not-an-id!"


@dataclass(frozen=True)
class Example:
    """`request` asks for what `prepare` made; `breaks` spoils it and says which field is violated then (empty: the
    request has no fields). `names` is the field that must name something that exists. `changes`: no two calls get one
    answer, so every transport calls in a tenant of its own. `also` are scopes that it needs beside its own.
    """

    request: Callable[[World], Message]
    breaks: Callable[[Any], str]
    prepare: tuple[Prepare, ...] = ()
    names: str = ""
    changes: bool = False
    also: frozenset[str] = frozenset()

    def sample(self) -> Message:
        """The request about things that need not be there."""
        return self.request(World())


def spoils(path: str, **members: object) -> Callable[[Any], str]:
    """Sets members of the message that `path` leads to; the last step of the path is the violated field."""

    def spoil(request: Any) -> str:
        target = request
        for step in path.split(".")[:-1]:
            target = getattr(target, step)
        for name, value in members.items():
            setattr(target, name, value)
        return path

    return spoil


def _batch(request: Any) -> str:
    request.requests[0].intent = "Not An Intent"
    return "requests[0].intent"


def _lifetime(request: Any) -> str:
    request.lifetime.seconds = 301
    return "lifetime"


no_task = spoils("task_id", task_id=NOT_AN_ID)
no_page = spoils("page_size", page_size=-1)
no_schedule = spoils("schedule_id", schedule_id=NOT_AN_ID)
no_webhook = spoils("webhook_id", webhook_id=NOT_AN_ID)
TASK: Mapping[str, Any] = {"prepare": (a_story,), "names": "task_id", "breaks": no_task}
SCHEDULE: Mapping[str, Any] = {"prepare": (a_schedule,), "names": "schedule_id", "breaks": no_schedule}
WEBHOOK: Mapping[str, Any] = {"prepare": (a_webhook,), "names": "webhook_id", "breaks": no_webhook}

EXAMPLES: dict[str, Example] = {
    "Submit": Example(lambda world: story(), no_task, (a_story,)),
    "Stream": Example(lambda world: story(), no_task, (a_story,)),
    "StatusById": Example(lambda world: tasks_pb2.TaskId(task_id=world.task_id), **TASK),
    "Watch": Example(lambda world: tasks_pb2.WatchRequest(task_id=world.task_id, after_offset=2, max_events=3), **TASK),
    "Cancel": Example(lambda world: tasks_pb2.CancelRequest(task_id=world.task_id), **TASK),
    "Retry": Example(lambda world: retry(world.task_id), no_task, (a_story, a_retry), names="task_id"),
    "ListTasks": Example(
        lambda world: tasks_pb2.ListTasksRequest(page_size=10, intent="story", states=[3, 4]), no_page, (a_story,)
    ),
    "SubmitBatch": Example(lambda world: tasks_pb2.SubmitBatchRequest(requests=[story()]), _batch, (a_story,)),
    "ExplainDecision": Example(lambda world: tasks_pb2.ExplainDecisionRequest(task_id=world.task_id), **TASK),
    "CreateTicket": Example(lambda world: tickets_pb2.CreateTicketRequest(), _lifetime),
    "CreateSchedule": Example(
        lambda world: schedules_pb2.CreateScheduleRequest(schedule=schedule()),
        spoils("schedule.schedule_id", schedule_id=NOT_AN_ID),
        changes=True,
        also=frozenset({"tasks:write"}),
    ),
    "GetSchedule": Example(lambda world: schedules_pb2.GetScheduleRequest(schedule_id=world.schedule_id), **SCHEDULE),
    "ListSchedules": Example(lambda world: schedules_pb2.ListSchedulesRequest(page_size=10), no_page, (a_schedule,)),
    "UpdateSchedule": Example(
        lambda world: schedules_pb2.UpdateScheduleRequest(
            schedule_id=world.schedule_id, schedule=schedule("1 2 3 4 *", world.schedule_id)
        ),
        **SCHEDULE,
        changes=True,
        also=frozenset({"tasks:write"}),
    ),
    "PauseSchedule": Example(
        lambda world: schedules_pb2.PauseScheduleRequest(schedule_id=world.schedule_id, note="for now"),
        **SCHEDULE,
        changes=True,
    ),
    "ResumeSchedule": Example(
        lambda world: schedules_pb2.ResumeScheduleRequest(schedule_id=world.schedule_id), **SCHEDULE, changes=True
    ),
    "TriggerSchedule": Example(
        lambda world: trigger(world.schedule_id),
        no_schedule,
        (a_schedule, a_triggered_schedule),
        names="schedule_id",
        also=frozenset({"tasks:write"}),
    ),
    "DeleteSchedule": Example(
        lambda world: schedules_pb2.DeleteScheduleRequest(schedule_id=world.schedule_id), **SCHEDULE, changes=True
    ),
    "CreateWebhook": Example(
        lambda world: webhooks_pb2.CreateWebhookRequest(webhook=webhook()),
        spoils("webhook.description", description="x" * 257),
        changes=True,
        also=frozenset({"tasks:read"}),
    ),
    "GetWebhook": Example(lambda world: webhooks_pb2.GetWebhookRequest(webhook_id=world.webhook_id), **WEBHOOK),
    "ListWebhooks": Example(lambda world: webhooks_pb2.ListWebhooksRequest(page_size=10), no_page, (a_webhook,)),
    "UpdateWebhook": Example(
        lambda world: webhooks_pb2.UpdateWebhookRequest(
            webhook_id=world.webhook_id, webhook=webhook(description="another")
        ),
        **WEBHOOK,
        changes=True,
        also=frozenset({"tasks:read"}),
    ),
    "RotateWebhookSecret": Example(
        lambda world: webhooks_pb2.RotateWebhookSecretRequest(webhook_id=world.webhook_id), **WEBHOOK, changes=True
    ),
    "DeleteWebhook": Example(
        lambda world: webhooks_pb2.DeleteWebhookRequest(webhook_id=world.webhook_id), **WEBHOOK, changes=True
    ),
    "ListWebhookDeliveries": Example(
        lambda world: webhooks_pb2.ListWebhookDeliveriesRequest(webhook_id=world.webhook_id),
        no_webhook,
        (a_webhook, a_story, a_delivery),
        names="webhook_id",
    ),
    "ReplayWebhookDelivery": Example(
        lambda world: webhooks_pb2.ReplayWebhookDeliveryRequest(
            webhook_id=world.webhook_id, delivery_id=world.delivery_id
        ),
        no_webhook,
        (a_webhook, a_story, a_delivery),
        names="webhook_id",
        changes=True,
    ),
    "ListIntents": Example(lambda world: catalog_pb2.ListIntentsRequest(page_size=100), no_page),
    "ListModules": Example(lambda world: catalog_pb2.ListModulesRequest(page_size=100), no_page),
    "DescribeModule": Example(
        lambda world: catalog_pb2.DescribeModuleRequest(name="echo", version="^1.0"),
        spoils("name", name="Not A Module"),
    ),
    "GetServerInfo": Example(lambda world: server_pb2.GetServerInfoRequest(), lambda request: ""),
}
