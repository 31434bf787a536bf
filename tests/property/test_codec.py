"""Whatever a task or an event holds, it comes back from its row as it was."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aion.adapters.storage import codec, event_codec, json_columns, times
from aion.adapters.storage.event_codec import ParsedLog
from aion.domain.attempts import Attempt, AttemptOutcome, Failure, Lease
from aion.domain.events import EventKind, TaskEvent
from aion.domain.routing import Candidate, Decision, Privacy, Refusal, RefusalReason, Route
from aion.domain.tasks import Priority, Sla, Task, TaskState, Usage

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBER = st.integers(0, 2**62)
SPAN = st.timedeltas(timedelta(), timedelta(days=4000))
TIME = st.integers(0, 10**16).map(lambda us: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us))
FAILURE = st.builds(Failure, TEXT, TEXT, st.booleans())
CANDIDATE = st.builds(
    Candidate,
    engine=TEXT,
    route=st.sampled_from(Route),
    refusals=st.lists(st.builds(Refusal, st.sampled_from(RefusalReason), TEXT), max_size=2).map(tuple),
    reason=TEXT,
    rank=st.integers(0, 9),
    score=st.floats(allow_nan=False, allow_infinity=False),
    expected_cost_micros=NUMBER,
    expected_latency=st.none() | SPAN,
    digest=TEXT,
    weight=st.none() | NUMBER,
)
DECISION = st.builds(
    Decision,
    TEXT,
    st.sampled_from(Route),
    TEXT,
    TEXT,
    st.lists(CANDIDATE, max_size=3).map(tuple),
    TEXT,
    TIME,
    TEXT,
    st.booleans(),
)
ATTEMPT = st.builds(
    Attempt,
    NUMBER,
    TEXT,
    TIME,
    st.sampled_from(AttemptOutcome),
    st.none() | TIME,
    st.none() | FAILURE,
    NUMBER,
    NUMBER,
    TEXT,
    TEXT,
)
TASK = st.builds(
    Task,
    tenant=TEXT,
    task_id=TEXT,
    principal=TEXT,
    intent=TEXT,
    input_json=TEXT,
    priority=st.sampled_from(Priority),
    sla=st.builds(Sla, st.sampled_from(Privacy), st.none() | NUMBER, st.none() | SPAN),
    fingerprint=st.binary(max_size=32),
    decision=DECISION,
    max_failures=NUMBER,
    attempt_timeout=SPAN,
    create_time=TIME,
    expire_time=TIME,
    metadata=st.dictionaries(TEXT, TEXT, max_size=3),
    traceparent=TEXT,
    queue_expire_time=st.none() | TIME,
    retry_of=TEXT,
    schedule_id=TEXT,
    held_until=st.none() | TIME,
    state=st.sampled_from(TaskState),
    start_time=st.none() | TIME,
    end_time=st.none() | TIME,
    not_before=st.none() | TIME,
    alone=st.booleans(),
    cancel_requested=st.booleans(),
    lease=st.none() | st.builds(Lease, TEXT, NUMBER, TIME),
    attempts=st.lists(ATTEMPT, max_size=3).map(tuple),
    last_offset=NUMBER,
    stream_from=NUMBER,
    result_json=st.none() | TEXT,
    failure=st.none() | FAILURE,
    usage=st.builds(Usage, SPAN, NUMBER, NUMBER, NUMBER),
    promise_kept=st.none() | st.booleans(),
)
EVENT = st.builds(TaskEvent, NUMBER, NUMBER, st.sampled_from(EventKind), TIME, TEXT, TEXT, NUMBER)


@given(TASK)
def test_a_task_survives_its_row(task):
    row = codec.encode_asked(task) + codec.encode_life(task)
    assert len(row) == len(codec.TASK_COLUMNS)
    assert codec.decode_task(row) == task


@given(EVENT)
def test_an_event_survives_its_row(event):
    assert event_codec.decode_event(event_codec.encode_event(event, times.to_us(event.time))) == event


@given(st.lists(EVENT.filter(lambda event: not event.kind.ends), max_size=5), TIME, st.none() | TEXT)
def test_a_log_survives_compaction_with_the_result_kept_once(events, time, result):
    done = TaskEvent(len(events) + 1, 1, EventKind.DONE, time, data_json=result or "")
    document = event_codec.encode_log([*events, done])
    log = ParsedLog.of(document, result)
    assert log.events(0, len(log)) == [*events, done]
    assert len(document) < len(event_codec.encode_log(events)) + 60


@given(st.frozensets(TEXT))
def test_scopes_survive_their_column(scopes):
    assert json_columns.decode_scopes(json_columns.encode_scopes(scopes)) == scopes
