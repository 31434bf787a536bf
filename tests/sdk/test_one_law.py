"""The fake keeps the sentences of docs/semantics.md that a client can see: the same tests over it and over a server."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

import aion_sdk
from aion_sdk import Client, EventKind, TaskSpec, TaskState
from aion_sdk.testing import FakeAion
from tests.e2e.processes import Running, new_tenant


@pytest.fixture(params=["fake", "server"])
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    if request.param == "server":
        running: Running = request.getfixturevalue("server")
        with Client(running.grpc, api_key=running.key(new_tenant()), environ={}) as client:
            yield client
        return
    with FakeAion() as aion, aion.client() as client:
        aion.on("story").streams(["one ", "two"]).returns({"text": "one two"})
        aion.on("trapped").fails("MODULE_TRAPPED")
        aion.on("endless").streams(["tick"]).holds()
        yield client


def new_key() -> str:
    return str(uuid.uuid4())


def test_the_same_key_with_the_same_request_is_the_same_task_marked_replayed(client: Client) -> None:
    """5.4 The same key with the same request gives the same task in its current state, marked `replayed`."""
    key = new_key()
    first = client.tasks.submit("story", text="long", request_id=key, metadata={"b": "1", "a": "2"})
    again = client.tasks.run("story", text="long", request_id=key, metadata={"a": "2", "b": "1"})
    assert (first.replayed, again.replayed, again.task_id) == (False, True, first.task_id)
    assert again.state is TaskState.OK


def test_the_same_key_with_another_request_is_refused(client: Client) -> None:
    """5.4 With another request it is `IDEMPOTENCY_KEY_REUSED`."""
    key = new_key()
    client.tasks.submit("story", text="long", request_id=key)
    with pytest.raises(aion_sdk.Conflict) as caught:
        client.tasks.submit("story", text="other", request_id=key)
    assert caught.value.reason == aion_sdk.ErrorReason.IDEMPOTENCY_KEY_REUSED


def test_a_chosen_id_is_a_replay_or_taken(client: Client) -> None:
    """1.3 The same id with the same request is a replay; with another request it is `TASK_ALREADY_EXISTS`."""
    task_id = new_key()
    assert client.tasks.submit("story", text="long", task_id=task_id).task_id == task_id
    assert client.tasks.submit("story", text="long", task_id=task_id).replayed
    with pytest.raises(aion_sdk.Conflict) as caught:
        client.tasks.submit("story", text="other", task_id=task_id)
    assert caught.value.reason == aion_sdk.ErrorReason.TASK_ALREADY_EXISTS


def test_stream_and_submit_are_one_operation(client: Client) -> None:
    """5.2 Submit, Stream and REST create are one operation."""
    key = new_key()
    stream = client.tasks.stream("story", text="long", request_id=key)
    assert client.tasks.submit("story", text="long", request_id=key).task_id == stream.result().task_id


def test_offsets_are_dense_and_every_watcher_reads_the_same(client: Client) -> None:
    """4.1 Offsets begin at 1, have no gaps and never restart. 4.4 `after_offset` excludes."""
    stream = client.tasks.stream("story", text="long")
    events = list(stream)
    assert [event.offset for event in events] == list(range(1, len(events) + 1))
    assert events[-1].kind is EventKind.DONE
    assert {event.attempt for event in events} == {1}
    assert stream.task is not None
    assert stream.task.last_offset == len(events)
    for after in range(len(events) + 1):
        assert list(client.tasks.watch(stream.task_id, after_offset=after)) == events[after:]


def test_reading_beyond_the_log_is_refused(client: Client) -> None:
    """4.6 Reading beyond the last offset is `OFFSET_OUT_OF_RANGE`."""
    task = client.tasks.run("story", text="long")
    with pytest.raises(aion_sdk.InvalidRequest) as caught:
        list(client.tasks.watch(task.task_id, after_offset=task.last_offset + 1))
    assert caught.value.reason == aion_sdk.ErrorReason.OFFSET_OUT_OF_RANGE


def test_a_failed_task_is_a_successful_call_and_its_log_ends_with_error(client: Client) -> None:
    """5.9 A task that ended ERROR is a successful call. 4.2 The log ends with DONE (state OK) or ERROR."""
    stream = client.tasks.stream("trapped")
    events = list(stream)
    assert events[-1].kind is EventKind.ERROR
    assert stream.task is not None
    assert stream.task.error is not None
    assert events[-1].text == stream.task.error.code == "MODULE_TRAPPED"
    assert client.tasks.run("trapped").state is TaskState.ERROR


def test_canceling_is_idempotent_and_a_running_task_ends_canceled(client: Client) -> None:
    """1.6 Canceling is idempotent. A RUNNING one is told and ends CANCELED. An ended task stays as it is."""
    with client.tasks.stream("endless") as stream:
        next(stream)
        client.tasks.cancel(stream.task_id)
        ended = stream.result()
    assert (ended.state, ended.error.code if ended.error else "") == (TaskState.CANCELED, "TASK_CANCELED")
    assert client.tasks.cancel(ended.task_id).state is TaskState.CANCELED
    done = client.tasks.run("story", text="long")
    assert client.tasks.cancel(done.task_id).state is TaskState.OK


def test_what_was_refused_leaves_nothing_behind(client: Client) -> None:
    """5.6 A refused request leaves nothing behind. 3.2 In the past at submit it is refused."""
    key = new_key()
    with pytest.raises(aion_sdk.InvalidRequest) as caught:
        client.tasks.submit("story", text="long", request_id=key, expire_time=datetime.now(UTC) - timedelta(hours=1))
    assert caught.value.reason == aion_sdk.ErrorReason.EXPIRE_TIME_PAST
    assert list(client.tasks.list()) == []
    assert not client.tasks.submit("story", text="long", request_id=key).replayed


def test_unknown_tasks_and_intents_are_told_apart(client: Client) -> None:
    """1.2 What one tenant has cannot be told from what does not exist by another."""
    with pytest.raises(aion_sdk.NotFound):
        client.tasks.get("nothing")
    with pytest.raises(aion_sdk.InvalidRequest) as caught:
        client.tasks.submit("no-such-intent")
    assert caught.value.reason == aion_sdk.ErrorReason.INTENT_NOT_FOUND


def test_lists_come_newest_first_page_by_page_and_without_payloads(client: Client) -> None:
    """8.8 Lists page by keyset, newest first. 8.5 Lists carry no payloads."""
    made = [client.tasks.run("story", text=str(n)).task_id for n in range(3)]
    client.tasks.run("trapped")
    found = list(client.tasks.list(states=["OK"], intent="story", page_size=2))
    assert [task.task_id for task in found] == made[::-1]
    assert all(task.result is None and task.decision is None and not task.attempts for task in found)
    with pytest.raises(aion_sdk.InvalidRequest) as caught:
        client.tasks.list().page("no-token-of-yours")
    assert caught.value.reason == aion_sdk.ErrorReason.PAGE_TOKEN_INVALID


def test_a_batch_is_as_many_outcomes(client: Client) -> None:
    """5.7 Many writes share a commit, none shares an outcome."""
    good, bad, again = client.tasks.batch(
        [
            TaskSpec.of("story", text="long", task_id="mine"),
            TaskSpec.of("no-such-intent"),
            TaskSpec.of("story", text="x", task_id="mine"),
        ]
    )
    assert good.accepted().task_id == "mine"
    assert [type(one.error) for one in (bad, again)] == [aion_sdk.InvalidRequest, aion_sdk.Conflict]


def test_a_dry_run_decides_and_accepts_nothing(client: Client) -> None:
    checked = client.tasks.submit("story", text="long", validate_only=True)
    assert checked.decision is not None
    assert checked.decision.candidates[0].eligible
    assert (checked.state, list(client.tasks.list())) == (TaskState.UNKNOWN, [])


def test_a_retry_is_a_new_task_with_the_input_of_an_ended_one(client: Client) -> None:
    failed = client.tasks.run("trapped", metadata={"team": "a"})
    key = new_key()
    new = client.tasks.retry(failed.task_id, request_id=key)
    assert (new.retry_of, new.metadata) == (failed.task_id, {"team": "a"})
    assert client.tasks.retry(failed.task_id, request_id=key).task_id == new.task_id
    with client.tasks.stream("endless") as stream:
        next(stream)
        with pytest.raises(aion_sdk.Refused) as caught:
            client.tasks.retry(stream.task_id)
        client.tasks.cancel(stream.task_id)
    assert caught.value.reason == aion_sdk.ErrorReason.TASK_NOT_ENDED


def test_a_key_of_a_submission_is_known_to_retry_and_the_other_way(client: Client) -> None:
    """5.11 Retry is one operation with Submit: 5.1 to 5.5 hold for it."""
    submitted, again = new_key(), new_key()
    failed = client.tasks.run("trapped", request_id=submitted)
    client.tasks.retry(failed.task_id, request_id=again)
    for refused in (
        lambda: client.tasks.retry(failed.task_id, request_id=submitted),
        lambda: client.tasks.retry(failed.task_id, request_id=again, new_task_id=new_key()),
        lambda: client.tasks.submit("trapped", request_id=again),
    ):
        with pytest.raises(aion_sdk.Conflict) as caught:
            refused()
        assert caught.value.reason == aion_sdk.ErrorReason.IDEMPOTENCY_KEY_REUSED
    assert len(list(client.tasks.list())) == 2
