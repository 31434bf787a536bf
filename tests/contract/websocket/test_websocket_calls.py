"""What can be said over a WebSocket, and what comes back: each frame is a call of its own."""

import asyncio

import pytest

from aion.adapters.transports.websocket.calls import CallBounds
from aion.adapters.transports.websocket.connection import SocketBounds
from aion.domain.errors import EventsExpired, QueueFull, TaskNotFound
from aion.domain.events import EventKind
from aion.ports.usecases import Progress, Submitted
from tests.contract.rest.samples import a_task, an_ended_task, an_event
from tests.contract.rest.scripted import Script
from tests.contract.websocket.conftest import PAGE, Stage, a_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
LOG = [
    Progress(event=an_event(1, text="Hello ")),
    Progress(event=an_event(2, EventKind.PARTIAL, data_json='{\n"n": 1\r\n}')),
    Progress(),
    Progress(event=an_event(3, EventKind.RESET, discard_from=1)),
    Progress(event=an_event(4, EventKind.LOG, text="a\nline")),
    Progress(event=an_event(5, text="wörld")),
    Progress(event=an_event(6, EventKind.DONE, data_json='{"summary":"..."}'), task=an_ended_task()),
]
REQUEST = {"intent": "summarize", "params": {"text": "x"}}
NAMES = ["token", "partial", "reset", "log", "token", "done"]


def names(frames):
    return [frame["type"] for frame in frames]


async def test_the_first_frame_says_what_may_be_asked(stage: Stage):
    async with stage.socket(ready=False) as socket:
        ready = await socket.hear()
    assert (ready["type"], ready["data"]["protocol"], ready["data"]["max_calls"]) == ("ready", "aion.v1.json", 100)
    assert ready["data"]["max_request_bytes"] == 4 << 20
    assert ready["request_id"]
    assert len(ready["trace_id"]) == 32


async def test_a_submit_is_answered_with_the_task_and_its_own_marks(stage: Stage):
    """8.9 Every answer and every error carries a request id and a trace id."""
    stage.script.submitted = Submitted(a_task(), replayed=True)
    async with stage.socket() as socket:
        trace = "00-11111111111111111111111111111111-2222222222222222-01"
        await socket.say(kind="submit", id="a", request={**REQUEST, "request_id": "k"}, traceparent=trace)
        accepted = await socket.hear()
    assert (accepted["type"], accepted["id"]) == ("accepted", "a")
    assert (accepted["data"]["task_id"], accepted["data"]["replayed"]) == ("t-1", True)
    assert accepted["request_id"]
    [command] = stage.script.commands
    assert (command.intent, dict(command.params), command.idempotency_key) == ("summarize", {"text": "x"}, "k")
    assert stage.observer.transports == ["ws", "ws"]
    assert stage.observer.ended == [("OK", ""), ("OK", "")]


async def test_a_submit_that_subscribes_is_followed_to_its_end(stage: Stage):
    stage.script.progress = LOG
    async with stage.socket() as socket:
        await socket.say(kind="submit", id="a", request=REQUEST, subscribe=True)
        frames = await socket.hear_until("done")
    assert names(frames) == ["accepted", *NAMES]
    assert [frame.get("offset") for frame in frames] == [None, 1, 2, 3, 4, 5, 6]
    assert {frame["id"] for frame in frames} == {"a"}
    assert frames[-1]["data"]["result"] == {"summary": "..."}


async def test_a_subscription_resumes_after_its_offset(stage: Stage):
    """4.4 A watcher may come late, often and over any transport. `after_offset` excludes."""
    stage.script.progress = LOG
    async with stage.socket() as socket:
        await socket.say(kind="subscribe", id="a", task_id="t-1", after_offset=4)
        frames = await socket.hear_until("done")
        assert names(frames) == ["subscribed", "token", "done"]
        await socket.say(kind="subscribe", id="a", task_id="t-1")
        # The id is free again from the frame on that ended its subscription.
        assert names(await socket.hear_until("done")) == ["subscribed", *NAMES]
    assert stage.script.watched == [("t-1", 4), ("t-1", 0)]


async def test_many_tasks_are_followed_at_once_and_each_frame_says_whose_it_is(stage: Stage):
    stage.script.progress = LOG
    stage.script.hold = asyncio.Event()
    async with stage.socket() as socket:
        for number in range(50):
            await socket.say(kind="subscribe", id=f"s{number}", task_id=f"t-{number}")
        frames: dict[str, list[str]] = {}
        while sum("done" in said for said in frames.values()) < 50:
            frame = await socket.hear()
            frames.setdefault(frame["id"], []).append(frame["type"])
    assert frames == {f"s{number}": ["subscribed", *NAMES] for number in range(50)}


async def test_a_quiet_subscription_is_confirmed_and_ends_when_it_is_left(stage: Stage):
    stage.script.hold = asyncio.Event()
    async with stage.socket() as socket:
        await socket.say(kind="subscribe", id="a", task_id="t-1")
        assert (await socket.hear())["type"] == "subscribed"
        await socket.say(kind="unsubscribe", id="a")
        assert await socket.hear() == {"type": "unsubscribed", "id": "a"}
        assert stage.script.left.is_set()
        await socket.say(kind="unsubscribe", id="never")
        assert await socket.hear() == {"type": "unsubscribed", "id": "never"}
    assert ("CANCELLED", "") in stage.observer.ended


async def test_leaving_a_submitted_task_too_early_waits_until_it_is_clear_what_came_of_it(stage: Stage):
    """3.1 A client that leaves cancels nothing that was accepted."""
    accepting = asyncio.Event()

    class Slow(Script):
        async def stream(self, caller, command):
            await accepting.wait()
            yield [Progress(task=a_task())]
            await asyncio.Event().wait()

    async with a_stage(Slow()) as slow, slow.socket() as socket:
        await socket.say(kind="submit", id="a", request=REQUEST, subscribe=True)
        await socket.say(kind="unsubscribe", id="a")
        await socket.say(kind="ping")
        assert (await socket.hear())["type"] == "pong"
        accepting.set()
        assert names([await socket.hear(), await socket.hear()]) == ["accepted", "unsubscribed"]


async def test_a_task_is_cancelled_by_a_frame(stage: Stage):
    async with stage.socket() as socket:
        await socket.say(kind="cancel", id="a", task_id="t-9")
        answer = await socket.hear()
    assert (answer["type"], answer["id"], answer["data"]["task_id"]) == ("task", "a", "t-9")


async def test_a_call_that_waits_holds_nobody_up(stage: Stage):
    stage.script.hold = asyncio.Event()
    async with stage.socket() as socket:
        await socket.say(kind="submit", id="slow", request={**REQUEST, "wait": "5s"})
        await stage.script.entered.wait()
        await socket.say(kind="cancel", id="quick", task_id="t-1")
        assert (await socket.hear())["id"] == "quick"
        stage.script.hold.set()
        assert (await socket.hear())["id"] == "slow"


async def test_a_refused_call_is_a_problem_with_its_id_and_costs_nothing_else(stage: Stage):
    async with stage.socket() as socket:
        stage.script.submitted = QueueFull("the queue is full")
        await socket.say(kind="submit", id="a", request=REQUEST)
        refused = await socket.hear()
        assert (refused["type"], refused["id"]) == ("refused", "a")
        assert (refused["data"]["reason"], refused["data"]["status"]) == ("QUEUE_FULL", 429)
        stage.script.task = TaskNotFound("there is no task t-2")
        await socket.say(kind="subscribe", id="a", task_id="t-2")
        assert (await socket.hear())["data"]["reason"] == "TASK_NOT_FOUND"
        stage.script.task = EventsExpired("gone")
        await socket.say(kind="subscribe", id="b", task_id="t-2")
        assert (await socket.hear())["data"]["reason"] == "EVENTS_EXPIRED"
        await socket.say(kind="submit", id="c", request={"intent": "Not An Intent"})
        problem = (await socket.hear())["data"]
        assert (problem["reason"], problem["violations"][0]["field"]) == ("VALIDATION_FAILED", "intent")
        await socket.say(kind="submit", id="d", request={"intent": "summarize", "parms": {}})
        problem = (await socket.hear())["data"]
        assert problem["reason"] == "MALFORMED_REQUEST"
        assert "params" in problem["detail"]
        await socket.say(kind="ping")
        assert (await socket.hear())["type"] == "pong"


async def test_a_call_without_its_scope_is_refused_alone(stage: Stage):
    key = stage.gate.key(frozenset({"tasks:read"}))
    stage.script.progress = LOG
    async with stage.socket(key) as socket:
        await socket.say(kind="submit", id="a", request=REQUEST)
        refused = (await socket.hear())["data"]
        assert (refused["reason"], refused["facts"]) == ("PERMISSION_DENIED", {"scope": "tasks:write"})
        await socket.say(kind="subscribe", id="b", task_id="t-1")
        assert names(await socket.hear_until("done"))[0] == "subscribed"


async def test_a_connection_has_so_many_calls_open_and_the_next_is_refused():
    """6.2 Everything is bounded. Over a bound the call is refused at once with RESOURCE_EXHAUSTED (HTTP 429)."""
    script = Script(hold=asyncio.Event())
    bounds = SocketBounds(calls=CallBounds(calls=2, held_bytes=1000))
    async with a_stage(script, bounds=bounds) as stage, stage.socket() as socket:
        for name in ("a", "b"):
            await socket.say(kind="subscribe", id=name, task_id="t-1")
            assert (await socket.hear())["type"] == "subscribed"
        await socket.say(kind="subscribe", id="c", task_id="t-1")
        refused = await socket.hear()
        assert (refused["id"], refused["data"]["reason"]) == ("c", "TOO_MANY_WAITERS")
        await socket.say(kind="unsubscribe", id="a")
        assert (await socket.hear())["type"] == "unsubscribed"
        await socket.say(kind="submit", id="c", request={**REQUEST, "params": {"text": "x" * 1000}})
        assert (await socket.hear())["data"]["reason"] == "TOO_MANY_WAITERS"
        await socket.say(kind="subscribe", id="c", task_id="t-1")
        assert (await socket.hear())["type"] == "subscribed"


async def test_a_page_of_an_allowed_origin_and_of_the_server_itself_may_connect(stage: Stage):
    own = stage.url.replace("ws:", "http:")
    for origin in (PAGE, own):
        async with stage.socket(headers={"origin": origin}) as socket:
            await socket.say(kind="ping")
            assert (await socket.hear())["type"] == "pong"
