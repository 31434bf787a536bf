"""What a rule of the contract says when a request breaks it."""

import pytest
from google.protobuf.message import Message

from aion.adapters.rpc.patterns import form_of
from aion.adapters.rpc.validation import Validation
from aion.contract import validate_pb2
from aion.domain.errors import ValidationFailed
from aion.v1 import catalog_pb2, lifecycle_pb2, schedules_pb2, tasks_pb2, tickets_pb2, webhooks_pb2
from aion.workers.v1 import workers_pb2

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


@pytest.mark.parametrize("pattern", ["", "^(a|b)$", "^[a-z]+$", "https://.*"])
def test_a_pattern_that_is_none_of_names_is_not_put_into_words(pattern):
    assert form_of(pattern) == ""


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


def test_a_missing_value_is_called_required_with_what_to_do():
    assert said(tasks_pb2.TaskRequest()) == {"intent": "is required; list the intents to see what there is"}
    assert said(tasks_pb2.WatchRequest()) == {"task_id": "is required; add it"}
    schedule = schedules_pb2.Schedule(task=tasks_pb2.TaskRequest(intent="echo"))
    assert said(schedules_pb2.CreateScheduleRequest(schedule=schedule)) == {"schedule.cron": "is required; add it"}
    assert said(webhooks_pb2.CreateWebhookRequest(webhook=webhooks_pb2.Webhook())) == {
        "webhook.url": "is required; add it"
    }


def test_an_empty_item_of_a_list_is_there_and_must_not_be_empty():
    webhook = webhooks_pb2.Webhook(url="https://a.example", intents=["echo", ""])
    assert said(webhooks_pb2.CreateWebhookRequest(webhook=webhook)) == {"webhook.intents[1]": "must not be empty"}


def test_a_name_of_the_wrong_form_is_answered_with_a_sentence_and_not_with_a_pattern():
    assert said(tasks_pb2.WatchRequest(task_id="A B")) == {
        "task_id": "must be 1 to 64 characters of A to Z, a to z, 0 to 9, _ and -"
    }
    assert said(tasks_pb2.TaskRequest(intent="echo", task_id="A B")) == {
        "task_id": "must be at most 64 characters of A to Z, a to z, 0 to 9, _ and -"
    }


def test_an_intent_that_only_has_the_wrong_case_is_shown_as_it_would_fit():
    form = "1 to 64 characters of a to z, 0 to 9, _, . and -, the first one of a to z"
    assert said(tasks_pb2.TaskRequest(intent="Redact")) == {"intent": f"must be {form}; write it as redact"}
    assert said(tasks_pb2.TaskRequest(intent="Redact it")) == {"intent": f"must be {form}"}
    listed = said(tasks_pb2.ListTasksRequest(intent="Redact"))
    assert listed == {"intent": f"must be {form}, or empty; write it as redact"}


def test_every_pattern_of_the_contract_has_a_sentence():
    found = set()
    for file in (tasks_pb2, schedules_pb2, webhooks_pb2, catalog_pb2, tickets_pb2, workers_pb2):
        for message in file.DESCRIPTOR.message_types_by_name.values():
            for field in message.fields:
                rules = field.GetOptions().Extensions[validate_pb2.field]
                for strings in (
                    rules.string,
                    rules.repeated.items.string,
                    rules.map.keys.string,
                    rules.map.values.string,
                ):
                    found.add(strings.pattern)
    found.discard("")
    assert len(found) > 5
    assert [pattern for pattern in found if not form_of(pattern)] == []
