"""The body of a message, and how secrets rest."""

import orjson
import pytest

from aion.adapters.webhooks.payload import MOST_RESULT_BYTES, TaskPayload
from aion.adapters.webhooks.secret_box import SealedSecretBox
from aion.domain.attempts import Failure
from aion.domain.tasks import TaskState
from aion.ports.webhooks import SecretUnreadable
from tests.manual_clock import CountingEntropy
from tests.sample_tasks import START, new_task


def ended(**changes: object):
    return new_task().changed(state=TaskState.OK, end_time=START, **changes)  # type: ignore[typeddict-item]


def body(task, event: str = "task.ok"):
    return orjson.loads(TaskPayload()(event, task))


def test_the_body_is_the_envelope_of_standard_webhooks_around_the_task_without_its_input():
    document = body(ended(result_json='{"summary":"kurz","n":1.50}'))
    assert (document["type"], document["timestamp"]) == ("task.ok", "2026-01-01T00:00:00Z")
    data = document["data"]
    assert (data["task_id"], data["status"], data["result"]) == ("task-1", "OK", {"summary": "kurz", "n": 1.5})
    assert data["result_truncated"] is False
    assert "Ein Text" not in orjson.dumps(document).decode()
    assert not {"attempts", "decision", "event", "replayed", "params", "params_json"} & set(data)


def test_a_failed_task_says_why():
    task = new_task().changed(state=TaskState.ERROR, end_time=START, failure=Failure("MODULE_FAILED", "it trapped"))
    data = body(task, "task.error")["data"]
    assert data["error"] == {"code": "MODULE_FAILED", "message": "it trapped"}
    assert data["result"] is None


def test_a_result_over_64_kib_is_left_out_and_said_to_be():
    """14.3 A result of more than 64 KiB is left out."""
    fits = '"' + "x" * (MOST_RESULT_BYTES - 2) + '"'
    assert body(ended(result_json=fits))["data"]["result"] == "x" * (MOST_RESULT_BYTES - 2)
    data = body(ended(result_json=fits[:-1] + 'x"'))["data"]
    assert data["result"] is None
    assert data["result_truncated"] is True
    data = body(ended(result_json='"' + "ü" * (MOST_RESULT_BYTES // 2) + '"'))["data"]
    assert data["result_truncated"] is True


def test_the_same_task_gives_the_same_bytes():
    task = ended(result_json='{"b":1,"a":2}')
    assert TaskPayload()("task.ok", task) == TaskPayload()("task.ok", task)


def test_there_is_no_message_about_a_task_that_goes_on():
    with pytest.raises(ValueError, match="has not ended"):
        TaskPayload()("task.ok", new_task())


def test_a_sealed_secret_opens_with_its_own_binding_and_key_only():
    box = SealedSecretBox(b"k" * 32, CountingEntropy())
    sealed = box.seal("a", b"secret" * 4)
    assert b"secret" not in sealed
    assert box.open("a", sealed) == b"secret" * 4
    assert box.seal("a", b"secret" * 4) != sealed
    for other, binding, data in (
        (box, "b", sealed),
        (SealedSecretBox(b"l" * 32, CountingEntropy()), "a", sealed),
        (box, "a", sealed[:-2] + b"xx"),
        (box, "a", b""),
        (box, "a", b"\xff" * 40),
    ):
        with pytest.raises(SecretUnreadable):
            other.open(binding, data)
