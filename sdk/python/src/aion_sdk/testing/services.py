"""The RPCs of the contract over the fake's memory: messages in, messages out."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import betterproto2

from aion_sdk._contract import methods
from aion_sdk._gen.aion import v1
from aion_sdk._gen.google import rpc
from aion_sdk._version import __version__
from aion_sdk.testing.modules import FakeModules
from aion_sdk.testing.refusals import RefusedCall
from aion_sdk.testing.schedules import FakeSchedules
from aion_sdk.testing.scripts import Script
from aion_sdk.testing.store import FakeTasks, cut, new_secret
from aion_sdk.testing.webhooks import FakeWebhooks


class Method(NamedTuple):
    """One RPC: the type of its request, and what answers it; a stream's answer is an iterator."""

    request: type[betterproto2.Message]
    answer: Callable[[Any], Any]
    streams: bool = False


def services(scripts: Mapping[str, Script], tasks: FakeTasks) -> dict[str, Method]:
    """Every RPC by its path."""
    answers = _Answers(scripts, tasks)
    schedules, webhooks, modules = FakeSchedules(tasks), FakeWebhooks(), FakeModules(scripts)
    return {
        methods.SUBMIT: Method(v1.TaskRequest, tasks.submit),
        methods.STREAM: Method(v1.TaskRequest, answers.stream, streams=True),
        methods.STATUS_BY_ID: Method(v1.TaskId, lambda request: tasks.read(request.task_id)),
        methods.WATCH: Method(v1.WatchRequest, answers.watch, streams=True),
        methods.CANCEL: Method(v1.CancelRequest, answers.cancel),
        methods.LIST_TASKS: Method(v1.ListTasksRequest, tasks.page),
        methods.SUBMIT_BATCH: Method(v1.SubmitBatchRequest, answers.batch),
        methods.RETRY: Method(v1.RetryRequest, tasks.retry),
        methods.EXPLAIN_DECISION: Method(v1.ExplainDecisionRequest, answers.explain),
        methods.LIST_INTENTS: Method(v1.ListIntentsRequest, answers.intents),
        methods.LIST_MODULES: Method(v1.ListModulesRequest, modules.page),
        methods.DESCRIBE_MODULE: Method(v1.DescribeModuleRequest, modules.describe),
        methods.GET_SERVER_INFO: Method(v1.GetServerInfoRequest, answers.info),
        methods.CREATE_TICKET: Method(v1.CreateTicketRequest, answers.ticket),
        methods.CREATE_SCHEDULE: Method(v1.CreateScheduleRequest, schedules.create),
        methods.GET_SCHEDULE: Method(v1.GetScheduleRequest, schedules.read),
        methods.LIST_SCHEDULES: Method(v1.ListSchedulesRequest, schedules.page),
        methods.UPDATE_SCHEDULE: Method(v1.UpdateScheduleRequest, schedules.update),
        methods.PAUSE_SCHEDULE: Method(v1.PauseScheduleRequest, schedules.pause),
        methods.RESUME_SCHEDULE: Method(v1.ResumeScheduleRequest, schedules.resume),
        methods.TRIGGER_SCHEDULE: Method(v1.TriggerScheduleRequest, schedules.trigger),
        methods.DELETE_SCHEDULE: Method(v1.DeleteScheduleRequest, schedules.delete),
        methods.CREATE_WEBHOOK: Method(v1.CreateWebhookRequest, webhooks.create),
        methods.GET_WEBHOOK: Method(v1.GetWebhookRequest, webhooks.read),
        methods.LIST_WEBHOOKS: Method(v1.ListWebhooksRequest, webhooks.page),
        methods.UPDATE_WEBHOOK: Method(v1.UpdateWebhookRequest, webhooks.update),
        methods.ROTATE_WEBHOOK_SECRET: Method(v1.RotateWebhookSecretRequest, webhooks.rotate),
        methods.DELETE_WEBHOOK: Method(v1.DeleteWebhookRequest, webhooks.delete),
        methods.LIST_WEBHOOK_DELIVERIES: Method(v1.ListWebhookDeliveriesRequest, webhooks.deliveries),
        methods.REPLAY_WEBHOOK_DELIVERY: Method(v1.ReplayWebhookDeliveryRequest, webhooks.replay),
    }


class _Answers:
    """What needs more than one call of the memory."""

    def __init__(self, scripts: Mapping[str, Script], tasks: FakeTasks) -> None:
        self._scripts = scripts
        self._tasks = tasks
        self._began = datetime.now(UTC)

    def stream(self, request: v1.TaskRequest) -> Iterator[v1.TaskResult]:
        request.wait = None
        accepted = self._tasks.submit(request)
        yield accepted
        for event in self._tasks.follow(accepted.task_id, 0):
            if event is not None:
                yield v1.TaskResult(task_id=accepted.task_id, intent=accepted.intent, status="RUNNING", event=event)
        yield self._tasks.read(accepted.task_id)

    def watch(self, request: v1.WatchRequest) -> Iterator[v1.WatchResponse]:
        for event in self._tasks.follow(request.task_id, request.after_offset):
            ends = event is not None and event.kind in {v1.EventKind.DONE, v1.EventKind.ERROR}
            yield v1.WatchResponse(event=event, task=self._tasks.read(request.task_id) if ends else None)

    def cancel(self, request: v1.CancelRequest) -> v1.CancelResponse:
        return v1.CancelResponse(task=self._tasks.cancel(request.task_id))

    def batch(self, request: v1.SubmitBatchRequest) -> v1.SubmitBatchResponse:
        return v1.SubmitBatchResponse(outcomes=[self._outcome(one) for one in request.requests])

    def explain(self, request: v1.ExplainDecisionRequest) -> v1.ExplainDecisionResponse:
        return v1.ExplainDecisionResponse(decision=self._tasks.read(request.task_id).decision)

    def intents(self, request: v1.ListIntentsRequest) -> v1.ListIntentsResponse:
        found = [v1.Intent(name=name, description="scripted", engines=["fake"]) for name in sorted(self._scripts)]
        items, token = cut(found, request.page_size, request.page_token)
        return v1.ListIntentsResponse(intents=items, next_page_token=token)

    def info(self, _: v1.GetServerInfoRequest) -> v1.GetServerInfoResponse:
        return v1.GetServerInfoResponse(
            version=f"{__version__}+fake",
            api_version="aion.v1",
            start_time=self._began,
            engines=["fake"],
            max_request_bytes=4 * 1024 * 1024,
            max_result_bytes=1024 * 1024,
            idempotency_retention=timedelta(hours=24),
            max_wait=timedelta(seconds=60),
        )

    @staticmethod
    def ticket(request: v1.CreateTicketRequest) -> v1.CreateTicketResponse:
        until = datetime.now(UTC) + (request.lifetime or timedelta(seconds=60))
        return v1.CreateTicketResponse(ticket=new_secret(), expire_time=until)

    def _outcome(self, request: v1.TaskRequest) -> v1.BatchOutcome:
        try:
            return v1.BatchOutcome(task=self._tasks.submit(request))
        except RefusedCall as refusal:
            return v1.BatchOutcome(error=rpc.Status.parse(refusal.status().SerializeToString()))
