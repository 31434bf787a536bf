"""Which handler serves which RPC. A test holds this table against the descriptors."""

from aion.adapters.rpc.catalog import CatalogHandlers
from aion.adapters.rpc.pipeline import Handlers
from aion.adapters.rpc.schedules import ScheduleHandlers
from aion.adapters.rpc.tasks import TaskHandlers
from aion.adapters.rpc.tickets import TicketHandlers
from aion.adapters.rpc.webhooks import WebhookHandlers
from aion.ports.usecases import UseCases


def handlers(use_cases: UseCases) -> Handlers:
    """Every RPC of the contract."""
    tasks = TaskHandlers(use_cases)
    webhooks = WebhookHandlers(use_cases)
    catalog = CatalogHandlers(use_cases)
    schedules = ScheduleHandlers(use_cases)
    return Handlers(
        unary={
            "/aion.v1.AionTasks/Submit": tasks.submit,
            "/aion.v1.AionTasks/StatusById": tasks.status_by_id,
            "/aion.v1.AionTasks/Cancel": tasks.cancel,
            "/aion.v1.AionTasks/ListTasks": tasks.list_tasks,
            "/aion.v1.AionTasks/SubmitBatch": tasks.submit_batch,
            "/aion.v1.AionTasks/ExplainDecision": tasks.explain_decision,
            "/aion.v1.AionTasks/Retry": tasks.retry,
            "/aion.v1.TicketService/CreateTicket": TicketHandlers(use_cases).create_ticket,
            "/aion.v1.WebhookService/CreateWebhook": webhooks.create,
            "/aion.v1.WebhookService/GetWebhook": webhooks.get,
            "/aion.v1.WebhookService/ListWebhooks": webhooks.list_webhooks,
            "/aion.v1.WebhookService/UpdateWebhook": webhooks.update,
            "/aion.v1.WebhookService/RotateWebhookSecret": webhooks.rotate,
            "/aion.v1.WebhookService/DeleteWebhook": webhooks.delete,
            "/aion.v1.WebhookService/ListWebhookDeliveries": webhooks.list_deliveries,
            "/aion.v1.WebhookService/ReplayWebhookDelivery": webhooks.replay,
            "/aion.v1.ScheduleService/CreateSchedule": schedules.create,
            "/aion.v1.ScheduleService/GetSchedule": schedules.get,
            "/aion.v1.ScheduleService/ListSchedules": schedules.list,
            "/aion.v1.ScheduleService/UpdateSchedule": schedules.update,
            "/aion.v1.ScheduleService/PauseSchedule": schedules.pause,
            "/aion.v1.ScheduleService/ResumeSchedule": schedules.resume,
            "/aion.v1.ScheduleService/TriggerSchedule": schedules.trigger,
            "/aion.v1.ScheduleService/DeleteSchedule": schedules.delete,
            "/aion.v1.CatalogService/ListIntents": catalog.list_intents,
            "/aion.v1.CatalogService/ListModules": catalog.list_modules,
            "/aion.v1.CatalogService/DescribeModule": catalog.describe_module,
            "/aion.v1.ServerService/GetServerInfo": catalog.get_server_info,
        },
        stream={
            "/aion.v1.AionTasks/Stream": tasks.stream,
            "/aion.v1.AionTasks/Watch": tasks.watch,
        },
    )
