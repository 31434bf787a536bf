"""What one end of the inner door encodes the other decodes to an equal value."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aion.adapters.rpc import worker_messages as messages
from aion.domain.attempts import AttemptOutcome, AttemptResult, Failure
from aion.domain.events import EventKind, NewEvent
from aion.domain.fleet import EngineOffer, Introduction, Welcome
from aion.domain.leased import LeasedTask, Settled
from aion.domain.money import MAX_COST_MICROS
from aion.domain.tasks import TaskState
from aion.domain.writes import Append, LeaseRef, RecordCost, Renewed, Settle

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FIRST, LAST = datetime(1970, 1, 2), datetime(2200, 1, 1)  # noqa: DTZ001 # the bounds of a strategy have no zone
TIMES = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
SPANS = st.timedeltas(timedelta(), timedelta(days=1000))
LEASES = st.builds(LeaseRef, TEXT, TEXT, st.integers(1, 1000))
EVENTS = st.one_of(
    st.builds(NewEvent, st.sampled_from([EventKind.TOKEN, EventKind.LOG]), TEXT, st.just("")),
    st.builds(NewEvent, st.just(EventKind.PARTIAL), st.just(""), st.sampled_from(["{}", '{"a":[1]}', "null"])),
)
SEVERAL = st.lists(EVENTS, max_size=4).map(tuple)
OFFSETS = st.none() | st.integers(0, 2**40)
FAILURES = st.builds(Failure, TEXT, TEXT, st.booleans())
RESULTS = st.one_of(
    st.builds(
        AttemptResult, st.just(AttemptOutcome.OK), st.sampled_from(["{}", '{"a":1}']), fuel=st.integers(0, 2**60)
    ),
    st.builds(
        AttemptResult,
        st.sampled_from([AttemptOutcome.FAILED, AttemptOutcome.TIMEOUT, AttemptOutcome.LOST, AttemptOutcome.CANCELED]),
        failure=st.none() | FAILURES,
    ),
)
TASKS = st.builds(
    LeasedTask,
    tenant=TEXT,
    task_id=TEXT,
    fence=st.integers(1, 1000),
    intent=TEXT,
    engine=TEXT,
    input_json=TEXT,
    attempt_timeout=SPANS,
    create_time=TIMES,
    expire_time=TIMES,
    lease_expires=TIMES,
    last_offset=st.integers(0, 2**40),
    alone=st.booleans(),
    traceparent=TEXT,
    digest=TEXT,
)


@given(TASKS)
def test_a_leased_task_comes_back_equal(task):
    assert messages.task_of(messages.task_message(task)) == task


@given(st.builds(Append, LEASES, SEVERAL, OFFSETS))
def test_an_append_comes_back_equal(value):
    assert messages.append_of(messages.append_message(value, "me")) == value


@given(st.builds(Settle, LEASES, RESULTS, SEVERAL, OFFSETS))
def test_a_settle_comes_back_equal(value):
    assert messages.settle_of(messages.settle_message(value, "me")) == value


@given(st.builds(Settled, st.sampled_from(TaskState), st.sampled_from(list(AttemptOutcome)[1:])))
def test_what_became_of_a_task_comes_back_equal(settled):
    assert messages.settled_of(messages.settled_message(settled)) == settled


@given(
    st.builds(RecordCost, LEASES, st.integers(0, MAX_COST_MICROS)),
    st.builds(Renewed, LEASES, st.booleans(), st.booleans()),
)
def test_a_cost_and_a_renewal_come_back_equal(cost, renewed):
    assert messages.cost_of(messages.cost_message(cost, "me")) == cost
    assert messages.renewed_of(messages.renewed_message(renewed)) == renewed


@given(
    st.builds(
        Introduction,
        TEXT,
        TEXT,
        TEXT,
        st.lists(st.builds(EngineOffer, TEXT, TEXT), max_size=3).map(tuple),
        st.integers(1, 1000),
        st.dictionaries(TEXT, TEXT, max_size=3),
    ),
    st.builds(Welcome, TEXT, st.lists(TEXT, max_size=3).map(tuple), st.dictionaries(TEXT, TEXT, max_size=3), SPANS),
)
def test_an_introduction_and_a_welcome_come_back_equal(about, welcome):
    assert messages.introduction_of(messages.introduction_message(about)) == about
    assert messages.welcome_of(messages.welcome_message(welcome)) == welcome
