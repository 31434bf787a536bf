"""Streams as server-sent events: which frames, from where, and how they end. Endless ones need a real connection."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
import pytest

from aion.adapters.rpc.streams import StreamTimes
from aion.adapters.transports.rest import sse
from aion.adapters.transports.web.server import HttpSettings, http_server
from aion.domain.attempts import Failure
from aion.domain.errors import EventsExpired, StoreUnavailable
from aion.domain.events import EventKind
from aion.domain.tasks import TaskState
from aion.ports.usecases import Progress, Submitted
from tests.contract.rest.samples import a_task, an_ended_task, an_event
from tests.contract.rest.scripted import KEY, a_face

LOG = [
    Progress(event=an_event(1, text="Hello ")),
    Progress(event=an_event(2, EventKind.PARTIAL, data_json='{\n"n": 1\r\n}')),
    Progress(),
    Progress(event=an_event(3, EventKind.RESET, discard_from=1)),
    Progress(event=an_event(4, EventKind.LOG, text="a\nline")),
    Progress(event=an_event(5, text="wörld\n\ndata: x")),
    Progress(event=an_event(6, EventKind.DONE, data_json='{"summary":"..."}'), task=an_ended_task()),
]
WATCHES = ["/v1/tasks/t-1:watch", "/v1/stream/t-1"]


@dataclass
class Frame:
    event: str = ""
    id: str = ""
    data: str = ""
    comment: str = ""
    retry: str = ""

    @property
    def json(self):
        return json.loads(self.data)


def frames(text: str) -> list[Frame]:
    """The frames as a browser would see them, comments too."""
    found = []
    for block in text.strip("\n").split("\n\n"):
        frame = Frame()
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            setattr(frame, name or "comment", value.removeprefix(" "))
        found.append(frame)
    return found


@asynccontextmanager
async def served(face):
    async with (
        http_server(HttpSettings("127.0.0.1", 0), face.app, lambda: 5.0) as server,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", headers=KEY, timeout=30) as client,
    ):
        yield client


@pytest.mark.parametrize("path", WATCHES)
async def test_a_watch_is_one_frame_an_event_and_ends_with_the_task(client, face, path):
    face.script.progress = LOG
    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["x-accel-buffering"] == "no"
    retry, token, partial, beat, reset, log, odd, done = frames(answer.text)
    assert retry.retry == "1000"
    assert (token.event, token.id, token.json["text"]) == ("token", "1", "Hello ")
    assert (partial.event, partial.id, partial.json["data"]) == ("partial", "2", {"n": 1})
    assert beat.comment == "heartbeat"
    assert (reset.event, reset.json["discard_from"]) == ("reset", 1)
    assert (log.event, log.json["text"]) == ("log", "a\nline")
    assert (odd.id, odd.json["text"]) == ("5", "wörld\n\ndata: x")
    assert (done.event, done.id, done.json["status"]) == ("done", "6", "OK")
    assert done.json["result"] == {"summary": "..."}
    assert "event" not in done.json


async def test_a_task_that_failed_ends_with_an_error_frame_that_holds_the_task(client, face):
    failed = a_task(state=TaskState.TIMEOUT, failure=Failure("TASK_EXPIRED", "too late"))
    face.script.progress = [Progress(event=an_event(1, EventKind.ERROR, text="TASK_EXPIRED"), task=failed)]
    frame = frames((await client.get("/v1/tasks/t-1:watch")).text)[-1]
    assert (frame.event, frame.id) == ("error", "1")
    assert (frame.json["status"], frame.json["error"]["code"]) == ("TIMEOUT", "TASK_EXPIRED")


async def test_a_watcher_that_has_all_events_is_told_how_it_ended(client, face):
    face.script.progress = [Progress(task=an_ended_task())]
    answer = await client.get("/v1/tasks/t-1:watch?after_offset=4")
    frame = frames(answer.text)[-1]
    assert (frame.event, frame.id, frame.json["status"]) == ("done", "4", "OK")


@pytest.mark.parametrize("path", WATCHES)
@pytest.mark.parametrize("offset", range(7))
async def test_a_stream_resumes_after_every_offset_by_query_or_header(client, face, path, offset):
    face.script.progress = LOG
    by_query = await client.get(f"{path}?after_offset={offset}")
    by_header = await client.get(path, headers={"Last-Event-ID": str(offset)})
    by_both = await client.get(f"{path}?after_offset={offset}", headers={"Last-Event-ID": str(offset)})
    ids = [frame.id for frame in frames(by_query.text) if frame.id]
    assert ids == [str(n) for n in range(offset + 1, 7)]
    assert by_query.text == by_header.text == by_both.text
    assert [asked for _, asked in face.script.watched] == [offset] * 3


async def test_a_browser_that_comes_back_to_an_address_with_an_offset_goes_on_where_it_was(client, face):
    """4.4 `after_offset` excludes; it equals `Last-Event-ID` of SSE."""
    face.script.progress = LOG
    answer = await client.get("/v1/tasks/t-1:watch?after_offset=2", headers={"Last-Event-ID": "4"})
    assert [frame.id for frame in frames(answer.text) if frame.id] == ["5", "6"]


@pytest.mark.parametrize(
    ("query", "header", "field"),
    [
        ("", "x", "Last-Event-ID"),
        ("", "", "Last-Event-ID"),
        ("", "1.5", "Last-Event-ID"),
        ("", "9" * 30, "Last-Event-ID"),
        ("", "-1", "after_offset"),
        ("?after_offset=-1", None, "after_offset"),
        ("?after_offset=x", None, "after_offset"),
    ],
)
async def test_a_place_that_is_none_is_refused(client, face, query, header, field):
    headers = {} if header is None else {"Last-Event-ID": header}
    answer = await client.get(f"/v1/tasks/t-1:watch{query}", headers=headers)
    assert (answer.status_code, answer.json()["reason"]) == (400, "VALIDATION_FAILED")
    assert field in [v["field"] for v in answer.json()["violations"]]
    assert face.script.watched == []


@pytest.mark.parametrize("accept", ["text/event-stream", "*/*", "text/*;q=0.1", "application/json, text/event-stream"])
async def test_who_takes_events_gets_them(client, accept):
    assert (await client.get("/v1/tasks/t-1:watch", headers={"accept": accept})).status_code == 200


@pytest.mark.parametrize("accept", ["application/json", "text/html", "text/event-stream;q=0", "application/x-ndjson"])
async def test_who_does_not_take_events_is_406(client, face, accept):
    answer = await client.get("/v1/tasks/t-1:watch", headers={"accept": accept})
    assert (answer.status_code, answer.json()["reason"]) == (406, "MALFORMED_REQUEST")
    assert face.script.watched == []


async def test_expired_events_are_a_problem_before_the_first_byte(client, face):
    face.script.progress = [EventsExpired("the events are gone, the result is kept")]
    answer = await client.get("/v1/tasks/t-1:watch")
    assert (answer.status_code, answer.json()["reason"]) == (410, "EVENTS_EXPIRED")


async def test_a_stream_that_is_broken_off_ends_with_refused_not_with_error(client, face):
    face.script.progress = [LOG[0], StoreUnavailable("the store cannot answer; try again")]
    last = frames((await client.get("/v1/tasks/t-1:watch")).text)[-1]
    assert (last.event, last.id, last.json["reason"]) == ("refused", "", "STORE_UNAVAILABLE")
    assert last.json["status"] == 503


async def test_a_defect_in_a_stream_says_nothing_of_its_cause(client, face):
    face.script.progress = [LOG[0], RuntimeError("the secret cause")]
    answer = await client.get("/v1/tasks/t-1:watch")
    assert frames(answer.text)[-1].json["reason"] == "INTERNAL"
    assert "secret" not in answer.text


async def test_submit_and_stream_begins_with_the_accepted_task(client, face):
    face.script.progress = LOG
    answer = await client.post("/v1/tasks:stream", json={"intent": "x"}, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.headers["location"]) == (200, "/v1/tasks/t-1")
    assert "idempotent-replayed" not in answer.headers
    _, accepted, token, *_, done = frames(answer.text)
    assert (accepted.event, accepted.id, accepted.json["status"]) == ("accepted", "", "PENDING")
    assert (token.event, done.event) == ("token", "done")
    assert face.script.commands[0].idempotency_key == "k"


async def test_a_replayed_stream_says_so_and_still_begins_with_accepted(client, face):
    face.script.submitted = Submitted(an_ended_task(), True)
    face.script.progress = LOG
    answer = await client.post("/v1/tasks:stream", json={"intent": "x"})
    assert answer.headers["idempotent-replayed"] == "true"
    assert [f.event for f in frames(answer.text)][1:3] == ["accepted", "token"]


async def test_a_watcher_has_its_headers_before_the_first_event(face, monkeypatch):
    monkeypatch.setattr(sse, "QUIET_SECONDS", 0.01)
    face.script.hold = asyncio.Event()
    async with served(face) as client, client.stream("GET", "/v1/tasks/t-1:watch") as answer:
        assert answer.status_code == 200
        face.script.hold.set()


async def test_a_client_that_leaves_ends_its_watch_at_once(face):
    face.script.progress = LOG[:1]
    face.script.hold = asyncio.Event()
    async with served(face) as client:
        async with client.stream("GET", "/v1/tasks/t-1:watch") as answer:
            await anext(answer.aiter_lines())
            assert not face.script.left.is_set()
        await asyncio.wait_for(face.script.left.wait(), 30)
    assert face.observer.ended[-1][0] == "CANCELLED"


async def test_a_client_that_leaves_while_it_waits_gives_its_place_back(face):
    face.script.hold = asyncio.Event()
    async with served(face) as client:
        call = asyncio.create_task(client.post("/v1/tasks", json={"intent": "x"}, headers={"Prefer": "wait=60"}))
        await asyncio.wait_for(face.script.entered.wait(), 30)
        call.cancel()
        await asyncio.wait_for(face.script.left.wait(), 30)


async def test_a_drain_ends_streams_with_a_word(face):
    face.script.progress = LOG[:1]
    face.script.hold = asyncio.Event()
    async with served(face) as client, client.stream("GET", "/v1/tasks/t-1:watch") as answer:
        lines = answer.aiter_lines()
        while await anext(lines) != "event: token":
            pass
        face.pipeline.end_streams()
        rest = [line async for line in lines]
    assert "event: refused" in rest
    assert json.loads(rest[rest.index("event: refused") + 1].removeprefix("data: "))["reason"] == "DRAINING"
    assert face.script.left.is_set()


@pytest.mark.parametrize("room_again", [True, False])
async def test_a_reader_that_takes_nothing_is_cut_and_told_so_if_there_is_room(monkeypatch, room_again):
    """4.8 One that does not read is cut and resumes."""
    monkeypatch.setattr(sse, "LAST_WORD_SECONDS", 30.0 if room_again else 0.01)
    face = await a_face(times=StreamTimes(reader=0.01))
    face.script.progress = [LOG[0], LOG[3]]
    face.script.hold = asyncio.Event()
    sent = []

    async def stuck(message):
        body = message.get("body", b"")
        if body.startswith(b"event: reset") or (body.startswith(b"event: refused") and not room_again):
            await asyncio.Event().wait()
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/v1/tasks/t-1:watch",
        "query_string": b"",
        "headers": [(b"authorization", b"Bearer good")],
    }
    stays = asyncio.Event()

    async def receive():
        await stays.wait()
        return {"type": "http.disconnect"}

    await asyncio.wait_for(face.app(scope, receive, stuck), 30)
    assert face.script.left.is_set()
    assert face.observer.ended == [("ABORTED", "READER_TOO_SLOW")]
    if not room_again:
        assert sent[-1]["more_body"] is True
        return
    assert sent[-1] == {"type": "http.response.body", "body": b""}
    [refused] = frames(sent[-2]["body"].decode())
    assert (refused.event, refused.json["reason"]) == ("refused", "READER_TOO_SLOW")
    assert refused.json["facts"] == {"last_offset": "1"}
