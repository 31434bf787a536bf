"""The fake for users' tests: scripts, faults, what a test can look at. That it keeps the law: test_one_law.py."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import aion_sdk
from aion.adapters.rpc.errors import CODES as CODES_OF_THE_SERVER
from aion.v1 import catalog_pb2, schedules_pb2, server_pb2, tasks_pb2, tickets_pb2, webhooks_pb2
from aion_sdk import EventKind, TaskSpec, TaskState
from aion_sdk.testing import FakeAion, new_webhook_secret, signed_webhook
from aion_sdk.testing.refusals import CODES
from aion_sdk.testing.services import services
from aion_sdk.testing.store import FakeTasks
from aion_sdk.webhooks import verify


@pytest.fixture
def aion():
    with FakeAion() as fake:
        yield fake


@pytest.fixture
def client(aion: FakeAion):
    with aion.client() as client:
        yield client


def test_each_task_of_an_intent_gets_the_next_outcome_and_the_last_one_stays(aion: FakeAion, client) -> None:
    aion.on("summarize").returns({"n": 1}).streams(["a", "b"]).fails("MODULE_TRAPPED", "it trapped").returns({"n": 3})
    first, second, third, fourth = (client.tasks.run("summarize", text="long") for _ in range(4))
    assert [task.result for task in (first, third, fourth)] == [{"n": 1}, {"n": 3}, {"n": 3}]
    assert (second.state, second.error.code, second.usage.tokens) == (TaskState.ERROR, "MODULE_TRAPPED", 2)


async def test_an_async_client_streams_what_was_scripted() -> None:
    async with FakeAion() as aion, aion.async_client() as client:
        aion.on("story").streams(["lost "]).logs("half way").shows({"so": "far"}).restarts().streams(["one ", "two"])
        stream = client.tasks.stream("story", text="long")
        kinds = [event.kind async for event in stream]
        assert kinds == [EventKind[name] for name in ("TOKEN", "LOG", "PARTIAL", "RESET", "TOKEN", "TOKEN", "DONE")]
        assert stream.text == "one two"
        assert stream.task.result == {"text": "one two"}
        assert [attempt.outcome for attempt in (await client.tasks.get(stream.task_id)).attempts] == ["LOST", "OK"]


def test_a_function_answers_from_the_request(aion: FakeAion, client) -> None:
    aion.on("upper").returns(lambda spec: {"text": spec.params["text"].upper()})
    assert client.tasks.run("upper", text="long").result == {"text": "LONG"}
    failed = client.tasks.run("upper", {"other": "x"})
    assert (failed.error.code, failed.error.message) == ("MODULE_FAILED", "KeyError: 'text'")


def test_what_is_no_json_is_the_test_s_mistake(aion: FakeAion) -> None:
    with pytest.raises(TypeError):
        aion.on("summarize").returns(object())
    with pytest.raises(ValueError, match="no reason of a refused call"):
        aion.on("summarize").refuses("MODULE_FAILED")


def test_a_refused_submission_leaves_nothing(aion: FakeAion, client) -> None:
    aion.on("summarize").refuses("NO_ELIGIBLE_ENGINE", "too dear", violations={"sla": "raise it"}).returns({})
    with pytest.raises(aion_sdk.NoEligibleEngine, match="too dear") as caught:
        client.tasks.submit("summarize", text="long")
    assert caught.value.violations[0].field == "sla"
    assert (aion.submitted, aion.tasks) == ([], [])
    assert client.tasks.run("summarize", text="long").state is TaskState.OK


def test_an_intent_that_was_never_named_is_refused(client) -> None:
    with pytest.raises(aion_sdk.InvalidRequest) as caught:
        client.tasks.submit("unknown", text="long")
    assert caught.value.reason == "INTENT_NOT_FOUND"


def test_a_held_task_runs_until_it_is_released(aion: FakeAion, client) -> None:
    aion.on("slow").streams(["one "]).holds().streams(["two"]).returns({"done": True})
    with client.tasks.stream("slow") as stream:
        assert next(stream).text == "one "
        assert client.tasks.get(stream.task_id).state is TaskState.RUNNING
        releasing = threading.Thread(target=aion.release, args=(stream.task_id,))
        releasing.start()
        assert [event.text for event in stream] == ["two", ""]
        releasing.join()
    assert stream.task.result == {"done": True}


def test_a_held_task_can_be_canceled_and_waited_for_in_vain(aion: FakeAion, client) -> None:
    aion.on("slow").holds()
    task = client.tasks.submit("slow", wait=0.01)
    assert task.state is TaskState.RUNNING
    assert client.tasks.cancel(task.task_id).state is TaskState.CANCELED
    assert client.tasks.cancel(task.task_id).state is TaskState.CANCELED
    with pytest.raises(aion_sdk.TaskCanceled):
        client.tasks.get(task.task_id).raise_for_status()


def test_a_task_of_later_waits_for_its_release(aion: FakeAion, client) -> None:
    aion.on("summarize").returns({})
    task = client.tasks.submit("summarize", not_before=datetime.now(UTC) + timedelta(hours=1), max_queue_time=60)
    assert client.tasks.get(task.task_id).state is TaskState.PENDING
    assert task.queue_expire_time - task.not_before == timedelta(minutes=1)
    aion.release(task.task_id)
    assert client.tasks.get(task.task_id).state is TaskState.OK
    with pytest.raises(KeyError):
        aion.release("nothing")


@pytest.mark.parametrize("after", range(4))
def test_a_stream_that_is_cut_anywhere_still_arrives_whole(aion: FakeAion, client, after: int) -> None:
    aion.on("story").streams(["a", "b"]).returns({})
    aion.cut_stream(after=after)
    assert [event.offset for event in client.tasks.stream("story")] == [1, 2, 3]
    assert len(aion.submitted) == 1


def test_calls_that_were_refused_are_made_again(aion: FakeAion, client) -> None:
    aion.on("summarize").returns({})
    aion.refuse_calls("DRAINING", times=2)
    assert client.tasks.run("summarize").state is TaskState.OK
    assert aion.calls == ["Submit"] * 3
    aion.refuse_calls("RATE_LIMITED", retry_after=60)
    with pytest.raises(aion_sdk.RateLimited) as caught:
        client.tasks.list(limit=1).page()
    assert caught.value.retry_after == 60


def test_a_fake_with_a_key_refuses_others() -> None:
    with FakeAion(api_key="aion_ours") as aion, aion.client() as ours:
        assert ours.server.info().engines == ("fake",)
        with aion_sdk.Client(aion.target, api_key="aion_theirs", environ={}) as theirs:
            with pytest.raises(aion_sdk.AuthenticationError) as caught:
                theirs.server.info()
            assert caught.value.request_id


def test_a_dry_run_accepts_nothing_and_uses_up_nothing(aion: FakeAion, client) -> None:
    aion.on("summarize").returns({"n": 1}).returns({"n": 2})
    checked = client.tasks.submit("summarize", validate_only=True)
    assert (checked.state, checked.decision.engine, aion.tasks) == (TaskState.UNKNOWN, "fake", [])
    assert client.tasks.run("summarize").result == {"n": 1}


def test_a_retry_is_a_new_task_that_names_the_old_one(aion: FakeAion, client) -> None:
    aion.on("flaky").fails().returns({"ok": True})
    failed = client.tasks.run("flaky", text="long")
    again = client.tasks.retry(failed.task_id, request_id="again")
    assert again.retry_of == failed.task_id
    assert client.tasks.get(again.task_id).result == {"ok": True}
    assert client.tasks.retry(failed.task_id, request_id="again").task_id == again.task_id
    assert aion.submitted[1].params == {"text": "long"}


def test_schedules_are_kept_changed_and_triggered(aion: FakeAion, client) -> None:
    aion.on("summarize").returns({"n": 1})
    spec = TaskSpec.of("summarize", text="long")
    made = client.schedules.create("nightly", "30 6 * * *", spec)
    assert client.schedules.create("nightly", "30 6 * * *", spec) == made
    with pytest.raises(aion_sdk.Conflict):
        client.schedules.create("nightly", "@daily", spec)
    task = client.schedules.trigger("nightly", request_id="now")
    assert client.schedules.trigger("nightly", request_id="now").task_id == task.task_id
    assert client.tasks.get(task.task_id).schedule_id == "nightly"
    assert client.schedules.pause("nightly", "holidays").paused
    with pytest.raises(aion_sdk.ChangedMeanwhile):
        client.schedules.update(made)
    fresh = client.schedules.resume("nightly")
    assert (fresh.paused, fresh.fired, fresh.last_task_id) == (False, 1, task.task_id)
    assert client.schedules.update(fresh).etag != fresh.etag
    assert [one.schedule_id for one in client.schedules.list()] == ["nightly"]
    client.schedules.delete("nightly")
    with pytest.raises(aion_sdk.NotFound):
        client.schedules.get("nightly")


def test_webhooks_and_tickets_are_kept_and_made(client) -> None:
    made = client.webhooks.create("https://example.org/hook", states=["OK"])
    assert client.webhooks.get(made.webhook.webhook_id) == made.webhook
    assert client.webhooks.rotate_secret(made.webhook.webhook_id).secret != made.secret
    assert list(client.webhooks.deliveries(made.webhook.webhook_id)) == []
    with pytest.raises(aion_sdk.InvalidRequest):
        client.webhooks.create("http://example.org/hook")
    client.webhooks.delete(made.webhook.webhook_id)
    assert list(client.webhooks.list()) == []
    assert client.tickets.create("t1").expire_time > datetime.now(UTC)


def test_every_list_of_the_fake_comes_in_pages(client, aion) -> None:
    for name in ("a", "b", "c"):
        aion.on(name)
        client.schedules.create(name, "@daily", aion_sdk.TaskSpec.of("a"))
        client.webhooks.create(f"https://example.org/{name}")
        client.tasks.submit(name)
    lists = (
        client.catalog.intents,
        client.catalog.modules,
        client.schedules.list,
        client.webhooks.list,
        client.tasks.list,
    )
    for listed in lists:
        calls = len(aion.calls)
        whole = list(listed())
        assert len(aion.calls) == calls + 1
        assert len(whole) == 3
        assert list(listed(page_size=2)) == whole
        assert len(aion.calls) == calls + 3
        with pytest.raises(aion_sdk.InvalidRequest):
            listed().page("nonsense")


def test_each_scripted_intent_has_a_module(client, aion) -> None:
    aion.on("summarize")
    (module,) = client.catalog.modules()
    for version in ("", "*", "^1.0", "1.0.0", module.digest):
        described = client.catalog.module("summarize", version)
        assert (described.module, described.versions) == (module, ("1.0.0",))
        assert described.input_schema == {"type": "object"}
    for name, version in (("sumarize", ""), ("summarize", "2.0.0"), ("summarize", "sha256:00")):
        with pytest.raises(aion_sdk.NotFound, match=r"there are (summarize|1\.0\.0)"):
            client.catalog.module(name, version)


def test_a_webhook_is_made_once_for_a_key_and_changed_under_its_etag(client) -> None:
    made = client.webhooks.create("https://example.org/hook", request_id="one")
    assert client.webhooks.create("https://example.org/hook", request_id="one") == made
    with pytest.raises(aion_sdk.Conflict):
        client.webhooks.create("https://example.org/other", request_id="one")
    rotated = client.webhooks.rotate_secret(made.webhook.webhook_id, request_id="two")
    assert client.webhooks.rotate_secret(made.webhook.webhook_id, request_id="two") == rotated
    changed = client.webhooks.update(replace(made.webhook, disabled=True))
    assert changed.etag != made.webhook.etag
    with pytest.raises(aion_sdk.ChangedMeanwhile):
        client.webhooks.update(made.webhook)


def test_a_signed_webhook_is_one_that_verify_believes() -> None:
    secret = new_webhook_secret()
    body, headers = signed_webhook(secret, "task.error", {"task_id": "t1"})
    event = verify(body, headers, secret)
    assert (event.type, event.data) == ("task.error", {"task_id": "t1"})


def test_the_fake_s_table_of_codes_is_a_part_of_the_server_s() -> None:
    assert CODES.items() <= {reason: code.name for reason, code in CODES_OF_THE_SERVER.items()}.items()


def test_the_fake_answers_every_rpc_of_the_contract() -> None:
    files = (catalog_pb2, schedules_pb2, server_pb2, tasks_pb2, tickets_pb2, webhooks_pb2)
    wanted = {
        f"/{service.full_name}/{method.name}"
        for file in files
        for service in file.DESCRIPTOR.services_by_name.values()
        for method in service.methods
    }
    assert set(services({}, FakeTasks({}))) == wanted
