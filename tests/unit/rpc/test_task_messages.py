"""What becomes of a task on its way to a client when nothing happened to it, and of times that are none."""

from dataclasses import replace

import pytest

from aion.adapters.rpc.task_messages import to_answer, to_command
from aion.domain.errors import ValidationFailed
from aion.ports.usecases import Submitted
from aion.v1 import tasks_pb2
from tests.unit.rpc.handlers.whole_task import TASK, shown


def test_a_task_that_was_only_validated_shows_what_was_decided_and_nothing_that_would_have_happened():
    """AIP-163: the answer shows the decision and has no state."""
    answer, whole = to_answer(Submitted(TASK, replayed=True, validated=True)), shown(replayed=True)
    for name in ("state", "status", "create_time", "start_time", "end_time", "attempts", "result_json", "error"):
        whole.ClearField(name)
    for name in ("last_offset", "promise_kept", "cancel_requested"):
        whole.ClearField(name)
    assert answer == whole


def test_an_attempt_that_did_not_fail_shows_no_error():
    going = replace(TASK.attempts[0], failure=None)
    (attempt,) = to_answer(Submitted(TASK.changed(attempts=(going,)), replayed=False)).attempts
    assert (attempt.number, attempt.error_code, attempt.error_message) == (going.number, "", "")


@pytest.mark.parametrize("name", ["expire_time", "not_before"])
@pytest.mark.parametrize("seconds", [-62_135_596_801, 253_402_300_800], ids=["before year 1", "after year 9999"])
def test_a_time_that_no_calendar_has_is_refused_by_its_name(name, seconds):
    request = tasks_pb2.TaskRequest(**{"intent": "summarize", name: {"seconds": seconds}})
    with pytest.raises(ValidationFailed, match=name) as refused:
        to_command(request, b"")
    assert [violation.field for violation in refused.value.violations] == [name]
