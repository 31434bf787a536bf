"""What a rule of the contract says when a request breaks it."""

import pytest
from google.protobuf.message import Message

from aion.adapters.rpc.validation import Validation
from aion.domain.errors import ValidationFailed
from aion.v1 import lifecycle_pb2, tasks_pb2, webhooks_pb2

VALIDATION = Validation()


def said(request: Message) -> dict[str, str]:
    with pytest.raises(ValidationFailed) as refused:
        VALIDATION.check(request)
    return {violation.field: violation.description for violation in refused.value.violations}


def test_a_word_that_is_not_allowed_is_answered_with_those_that_are():
    request = tasks_pb2.TaskRequest(intent="echo", priority="urgent", sla=tasks_pb2.SLA(privacy="secret"))
    assert said(request) == {
        "priority": "must be one of low, normal, high, or empty",
        "sla.privacy": "must be one of local-only, allow-api, hybrid, or empty",
    }


def test_other_rules_speak_for_themselves():
    assert "must" in said(tasks_pb2.TaskRequest(intent="echo", sla=tasks_pb2.SLA(p95_ms=-1)))["sla.p95_ms"]


def test_a_field_is_named_by_the_way_to_it_through_lists_and_maps():
    batch = tasks_pb2.SubmitBatchRequest(
        requests=[
            tasks_pb2.TaskRequest(intent="echo"),
            tasks_pb2.TaskRequest(intent="echo", metadata={"k" * 65: "v"}),
            tasks_pb2.TaskRequest(intent="echo", sla=tasks_pb2.SLA(p95_ms=-1)),
        ]
    )
    assert sorted(said(batch)) == [f'requests[1].metadata["{"k" * 65}"]', "requests[2].sla.p95_ms"]


def test_a_value_of_an_enum_that_is_not_allowed_is_answered_with_the_names_of_those_that_are():
    webhook = webhooks_pb2.Webhook(url="https://a.example", states=[lifecycle_pb2.TASK_STATE_RUNNING])
    names = "TASK_STATE_OK, TASK_STATE_ERROR, TASK_STATE_TIMEOUT, TASK_STATE_CANCELED"
    assert said(webhooks_pb2.CreateWebhookRequest(webhook=webhook)) == {"webhook.states[0]": f"must be one of {names}"}
