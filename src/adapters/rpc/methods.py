"""Every RPC of the contract, read from its descriptors, and the scope that each one needs.

The table of scopes is by hand, because it is a decision; a test holds it against the descriptors, so that a new RPC
without a row cannot be called at all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from google.protobuf import descriptor, message
from google.protobuf.message_factory import GetMessageClass

from aion.domain.identity import (
    CATALOG_READ,
    SCHEDULES_READ,
    SCHEDULES_WRITE,
    SERVER_READ,
    TASKS_READ,
    TASKS_WRITE,
    WEBHOOKS_READ,
    WEBHOOKS_WRITE,
)
from aion.v1 import catalog_pb2, schedules_pb2, server_pb2, tasks_pb2, tickets_pb2, webhooks_pb2

SCOPES = {
    "/aion.v1.AionTasks/Submit": TASKS_WRITE,
    "/aion.v1.AionTasks/Stream": TASKS_WRITE,
    "/aion.v1.AionTasks/StatusById": TASKS_READ,
    "/aion.v1.AionTasks/Watch": TASKS_READ,
    "/aion.v1.AionTasks/Cancel": TASKS_WRITE,
    "/aion.v1.AionTasks/ListTasks": TASKS_READ,
    "/aion.v1.AionTasks/SubmitBatch": TASKS_WRITE,
    "/aion.v1.AionTasks/ExplainDecision": TASKS_READ,
    "/aion.v1.AionTasks/Retry": TASKS_WRITE,
    "/aion.v1.TicketService/CreateTicket": TASKS_READ,
    "/aion.v1.ScheduleService/CreateSchedule": SCHEDULES_WRITE,
    "/aion.v1.ScheduleService/GetSchedule": SCHEDULES_READ,
    "/aion.v1.ScheduleService/ListSchedules": SCHEDULES_READ,
    "/aion.v1.ScheduleService/UpdateSchedule": SCHEDULES_WRITE,
    "/aion.v1.ScheduleService/PauseSchedule": SCHEDULES_WRITE,
    "/aion.v1.ScheduleService/ResumeSchedule": SCHEDULES_WRITE,
    "/aion.v1.ScheduleService/TriggerSchedule": SCHEDULES_WRITE,
    "/aion.v1.ScheduleService/DeleteSchedule": SCHEDULES_WRITE,
    "/aion.v1.WebhookService/CreateWebhook": WEBHOOKS_WRITE,
    "/aion.v1.WebhookService/GetWebhook": WEBHOOKS_READ,
    "/aion.v1.WebhookService/ListWebhooks": WEBHOOKS_READ,
    "/aion.v1.WebhookService/UpdateWebhook": WEBHOOKS_WRITE,
    "/aion.v1.WebhookService/RotateWebhookSecret": WEBHOOKS_WRITE,
    "/aion.v1.WebhookService/DeleteWebhook": WEBHOOKS_WRITE,
    "/aion.v1.WebhookService/ListWebhookDeliveries": WEBHOOKS_READ,
    "/aion.v1.WebhookService/ReplayWebhookDelivery": WEBHOOKS_WRITE,
    "/aion.v1.CatalogService/ListIntents": CATALOG_READ,
    "/aion.v1.CatalogService/ListModules": CATALOG_READ,
    "/aion.v1.CatalogService/DescribeModule": CATALOG_READ,
    "/aion.v1.ServerService/GetServerInfo": SERVER_READ,
}

FILES = (
    tasks_pb2.DESCRIPTOR,
    tickets_pb2.DESCRIPTOR,
    schedules_pb2.DESCRIPTOR,
    webhooks_pb2.DESCRIPTOR,
    catalog_pb2.DESCRIPTOR,
    server_pb2.DESCRIPTOR,
)


@dataclass(frozen=True, slots=True)
class Method:
    """One RPC: `path` is `/package.Service/Name`; `scope` is what a caller must hold."""

    path: str
    scope: str
    request: type[message.Message]
    response: type[message.Message]
    streams: bool
    descriptor: descriptor.MethodDescriptor

    @property
    def name(self) -> str:
        """The RPC's own name, such as `Submit`."""
        return self.descriptor.name


def methods() -> dict[str, Method]:
    """Every RPC by its path. Raises KeyError for an RPC without a scope."""
    return methods_of(FILES, SCOPES)


def methods_of(files: Iterable[descriptor.FileDescriptor], scopes: Mapping[str, str]) -> dict[str, Method]:
    """Every RPC of these files by its path. Raises KeyError for an RPC without a scope."""
    return {method.path: method for method in _methods(files, scopes)}


def _methods(files: Iterable[descriptor.FileDescriptor], scopes: Mapping[str, str]) -> Iterator[Method]:
    for file in files:
        for service in file.services_by_name.values():
            for rpc in service.methods:
                path = f"/{service.full_name}/{rpc.name}"
                yield Method(
                    path=path,
                    scope=scopes[path],
                    request=GetMessageClass(rpc.input_type),
                    response=GetMessageClass(rpc.output_type),
                    streams=rpc.server_streaming,
                    descriptor=rpc,
                )
