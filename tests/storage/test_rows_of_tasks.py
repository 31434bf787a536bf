"""A task's row: each field has its column, and a row of an earlier version says what it cannot have known."""

from dataclasses import fields, replace
from datetime import timedelta

import orjson
import pytest

from aion.adapters.storage import decision_codec
from aion.adapters.storage.codec import TASK_COLUMNS, decode_task, encode_asked, encode_life
from aion.adapters.storage.decision_codec import decode_decision, encode_candidates, encode_verdict
from aion.adapters.storage.json_columns import dump
from aion.domain.attempts import Attempt, AttemptOutcome, Failure, Lease
from aion.domain.routing import Privacy
from aion.domain.tasks import Priority, Sla, Task, TaskState, Usage
from tests.sample_tasks import START, new_task

MINUTE = timedelta(minutes=1)
FAILURE = Failure("MODULE_FAILED", "it trapped", retryable=False)
ATTEMPT = Attempt(
    3, "module:a@1.0.0", START, AttemptOutcome.FAILED, START + MINUTE, FAILURE, 7, 11, "worker-1", "sha256:a"
)
FULL = new_task(
    priority=Priority.HIGH,
    sla=Sla(Privacy.HYBRID, 5, MINUTE),
    max_failures=2,
    metadata={"a": "b"},
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    queue_expire_time=START + 2 * MINUTE,
    retry_of="task-0",
    schedule_id="nightly",
    held_until=START + 3 * MINUTE,
    state=TaskState.RUNNING,
    start_time=START + 4 * MINUTE,
    end_time=START + 5 * MINUTE,
    not_before=START + 6 * MINUTE,
    alone=True,
    cancel_requested=True,
    lease=Lease("worker-1", 3, START + 7 * MINUTE),
    attempts=(ATTEMPT,),
    last_offset=8,
    stream_from=4,
    result_json='{"a":1}',
    failure=FAILURE,
    usage=Usage(MINUTE, 2, 3, 4),
    promise_kept=True,
)


def row_of(task: Task) -> list[object]:
    return [*encode_asked(task), *encode_life(task)]


def test_each_field_of_a_task_has_its_place_in_the_row():
    plain = new_task()
    unlike = [field.name for field in fields(Task) if getattr(FULL, field.name) == getattr(plain, field.name)]
    assert sorted(unlike) == [
        *("attempt_timeout", "create_time", "decision", "expire_time", "fingerprint"),
        *("input_json", "intent", "principal", "task_id", "tenant"),
    ], "all that may be left out is there, so that none of it can get lost"
    for task in (FULL, plain):
        assert decode_task(row_of(task)) == task


def test_an_attempt_that_was_stored_before_costs_and_owners_were_known_has_none():
    row = row_of(FULL)
    at = TASK_COLUMNS.index("attempts")
    (known,) = orjson.loads(str(row[at]))
    row[at] = orjson.dumps([{name: known[name] for name in known if name not in {"cost_micros", "owner", "digest"}}])
    assert decode_task(row).attempts == (replace(ATTEMPT, cost_micros=0, owner="", digest=""),)


@pytest.mark.parametrize("by_client", [True, False])
def test_a_decision_keeps_its_pins_and_what_was_thought_of_each_candidate(by_client):
    plain = new_task().decision
    weighed = tuple(replace(one, digest="sha256:a", weight=3) for one in plain.candidates)
    pinned = replace(plain, candidates=weighed, engine_digest="sha256:a", digest_pinned=True, client_pinned=by_client)
    for decision in (plain, pinned):
        assert decode_decision(encode_verdict(decision), encode_candidates(decision.candidates)) == decision
    assert pinned.pinned_digest == "sha256:a"


def test_a_decision_that_was_stored_before_engines_could_be_pinned_to_bytes_is_pinned_to_none():
    plain = new_task().decision
    verdict = orjson.loads(encode_verdict(plain))
    old = {name: verdict[name] for name in verdict if name not in {"engine_digest", "digest_pinned", "client_pinned"}}
    candidates = [
        {name: one[name] for name in one if name not in {"digest", "weight"}}
        for one in orjson.loads(encode_candidates(plain.candidates))
    ]
    read = decode_decision(dump(old), dump(candidates))
    assert read == plain
    assert (read.engine_digest, read.digest_pinned, read.client_pinned) == ("", False, False)


def test_candidates_are_written_once_for_all_decisions_that_share_them_and_few_are_remembered(monkeypatch):
    known: dict[int, object] = {}
    monkeypatch.setattr(decision_codec, "_encoded_candidates", known)
    several = [(replace(new_task().decision.candidates[0], rank=rank),) for rank in range(1001)]
    first = encode_candidates(several[0])
    for candidates in several[1:1000]:
        encode_candidates(candidates)
    assert len(known) == 1000
    assert encode_candidates(several[0]) is first
    encode_candidates(several[1000])
    assert len(known) == 1


def test_what_no_column_can_hold_is_refused_and_not_written_as_nothing():
    with pytest.raises(TypeError, match="frozenset"):
        dump({"a": frozenset()})
