"""One log, every transport: a stream that is cut anywhere and resumed elsewhere gives the identical text."""

from contextlib import aclosing

import pytest

from aion.v1 import tasks_pb2
from tests.e2e.answers import Frame, text_of
from tests.e2e.callers import Caller, task_request
from tests.e2e.faces import BY_NAME, Face, collect, refusal

STREAM, WATCH, SUBMIT = BY_NAME["Stream"], BY_NAME["Watch"], BY_NAME["Submit"]
STORY = "Il était une fois 🐢\ndata: not a frame\n\nthe end"
OTHER = {"grpc": "rest", "rest": "grpc"}


def watch(task_id: str, after_offset: int = 0) -> tasks_pb2.WatchRequest:
    return tasks_pb2.WatchRequest(task_id=task_id, after_offset=after_offset)


async def first_frames(face: Face, count: int) -> tuple[str, list[Frame]]:
    """Begins a stream and leaves after `count` events; the task's id and what came."""
    frames: list[Frame] = []
    task_id = ""
    async with aclosing(face.stream(STREAM, task_request(intent="story"))) as stream:
        async for frame in stream:
            if frame.name == "accepted":
                task_id = frame.document["task_id"]
            else:
                frames.append(frame)
            if len(frames) == count:
                break
    return task_id, frames


@pytest.mark.parametrize("begins", ["grpc", "rest"])
async def test_a_stream_resumed_on_the_other_transport_at_every_offset_gives_the_identical_text(caller: Caller, begins):
    """4.4 A watcher may come late, often and over any transport. 4.1 Offsets begin at 1, have no gaps."""
    for cut in range(7):
        task_id, frames = await first_frames(caller.face(begins), cut)
        frames += await collect(caller.face(OTHER[begins]), WATCH, watch(task_id, cut))
        assert [frame.offset for frame in frames] == list(range(1, 8))
        assert text_of(frames) == STORY
        assert [frame.name for frame in frames] == ["token", "token", "partial", "token", "log", "token", "done"]
        assert frames[-1].document["result"] == {"told": True}


async def test_every_late_watcher_reads_the_same_log(caller: Caller):
    """4.3 The text of a task is the fold of its events, the same for every reader."""
    task = await caller.submit(intent="story", wait=30)
    whole = await collect(caller.grpc, WATCH, watch(task["task_id"]))
    for face in caller.faces:
        for offset in range(8):
            rest = await collect(face, WATCH, watch(task["task_id"], offset))
            expected = whole[offset:] or [Frame("done", 7, whole[-1].document)]
            assert rest == expected


async def test_last_event_id_is_after_offset(caller: Caller):
    """4.4 `after_offset` excludes; it equals `Last-Event-ID` of SSE."""
    task = await caller.submit(intent="story", wait=30)
    by_header = await collect(caller.rest, WATCH, watch(task["task_id"]), {"Last-Event-ID": "3"})
    assert by_header == await collect(caller.grpc, WATCH, watch(task["task_id"], 3))
    assert by_header[0].offset == 4


async def test_both_paths_of_watch_give_the_same_stream(caller: Caller):
    task = await caller.submit(intent="story", wait=30)
    additional = type(caller.rest)(caller.rest.client, caller.rest.headers, binding={"Watch": 1})
    assert await collect(additional, WATCH, watch(task["task_id"], 2)) == await collect(
        caller.rest, WATCH, watch(task["task_id"], 2)
    )


@pytest.mark.parametrize("face", ["grpc", "rest"])
async def test_reading_beyond_the_end_is_refused(caller: Caller, face):
    """4.6 Reading beyond the last offset is `OFFSET_OUT_OF_RANGE`."""
    task = await caller.submit(intent="story", wait=30)
    refused = await refusal(caller.face(face), WATCH, watch(task["task_id"], 8))
    assert (refused.code, refused.reason) == ("OUT_OF_RANGE", "OFFSET_OUT_OF_RANGE")
    assert "7" in refused.message


@pytest.mark.parametrize("begins", ["grpc", "rest"])
async def test_a_running_task_is_followed_live_over_both_transports(caller: Caller, begins):
    """4.5 A watcher is sent what is committed, while the guest runs; both readers end with the same last event."""
    live = caller.face(begins).stream(STREAM, task_request(intent="endless"))
    async with aclosing(live) as stream:
        task_id = (await anext(stream)).document["task_id"]
        token = await anext(stream)
        assert (token.name, token.offset, token.document["text"]) == ("token", 1, "I run")
        async with aclosing(caller.face(OTHER[begins]).stream(WATCH, watch(task_id))) as late:
            assert await anext(late) == token
            await caller.cancel(task_id)
            endings = [[frame async for frame in late], [frame async for frame in stream]]
    assert endings[0] == endings[1]
    assert [frame.name for frame in endings[0]] == ["error"]
    assert endings[0][0].document["error"]["code"] == "TASK_CANCELED"


async def test_who_leaves_a_stream_cancels_nothing(caller: Caller):
    """3.1 A client that leaves cancels nothing that was accepted."""
    for face in caller.faces:
        task_id, _ = await first_frames(face, 0)
        frames = await collect(caller.grpc, WATCH, watch(task_id))
        assert (frames[-1].name, text_of(frames)) == ("done", STORY)


async def test_the_bundled_summary_streams_the_text_that_it_returns(caller: Caller):
    text = " ".join(f"Sentence number {n} speaks of durable tasks and of leases." for n in range(12))
    request = task_request(intent="summarize", params={"text": text})
    for face in caller.faces:
        frames = await collect(face, STREAM, request)
        assert frames[-1].document["result"]["summary"].split() == text_of(frames).split()
