"""A stream gives every event once and in order, whatever happens to its connections."""

import asyncio
import threading

import grpc
import pytest

from aion.v1 import tasks_pb2
from aion_sdk import AsyncClient, DeadlineExceeded, EventKind, EventsExpired, NotFound, TaskState, Unavailable
from tests.sdk.conftest import Face
from tests.sdk.double import (
    LOG_OF_TASK,
    Double,
    answer,
    cut,
    refuse,
    stream_messages,
    task,
    watch_from_the_log,
    watch_messages,
    watch_together,
)

OFFSETS = [1, 2, 3, 4, 5, 6]


async def assert_whole(face: Face, stream, offsets=OFFSETS) -> None:
    events = await face.all_of(stream)
    assert [event.offset for event in events] == offsets
    assert [event.text for event in events] == [LOG_OF_TASK[offset - 1].text for offset in offsets]
    assert stream.task.state is TaskState.OK
    assert stream.task.result == {"summary": "short"}
    assert stream.last_offset == 6


@pytest.mark.parametrize("joined", [False, True])
async def test_an_uncut_stream_gives_every_event_and_the_ended_task(face: Face, double: Double, joined: bool) -> None:
    double.script("Stream", answer(stream_messages(joined=joined)))
    stream = face.client.tasks.stream("summarize", text="long")
    await assert_whole(face, stream)
    assert stream.text == "one two"
    assert [call.method for call in double.seen] == ["Stream"]


@pytest.mark.parametrize("sent", range(8))
async def test_a_stream_that_is_cut_after_any_message_goes_on_where_it_was(
    face: Face, double: Double, sent: int
) -> None:
    double.script("Stream", cut(stream_messages()[:sent]), answer(stream_messages()))
    double.script("Watch", watch_from_the_log)
    double.script("StatusById", answer(task("OK", last_offset=6)))
    stream = face.client.tasks.stream("summarize", text="long")
    await assert_whole(face, stream)
    assert stream.text == "one two"
    resumed = [call.request.after_offset for call in double.calls("Watch")]
    # Before its acceptance the submission is sent again, after the last event the task is read; else Watch resumes.
    assert resumed == ([sent - 1] if 1 <= sent <= 6 else [])


async def test_a_stream_that_is_cut_before_it_was_accepted_submits_with_the_same_request_id(
    face: Face, double: Double
) -> None:
    double.script("Stream", cut([]), cut([]), answer(stream_messages()))
    await assert_whole(face, face.client.tasks.stream("summarize", text="long"))
    ids = {call.request.request_id for call in double.calls("Stream")}
    assert len(double.calls("Stream")) == 3
    assert len(ids) == 1
    assert ids != {""}


@pytest.mark.parametrize("after", range(6))
@pytest.mark.parametrize("sent", range(1, 13, 3))
async def test_a_watch_from_any_offset_that_is_cut_anywhere_gives_the_rest_once(
    face: Face, double: Double, after: int, sent: int
) -> None:
    double.script("Watch", cut(watch_messages(after)[:sent]), watch_from_the_log)
    double.script("StatusById", answer(task("OK", last_offset=6)))
    await assert_whole(face, face.client.tasks.watch("t1", after_offset=after), OFFSETS[after:])


async def test_a_stream_that_is_cut_after_every_single_event_still_arrives(face: Face, double: Double) -> None:
    def one_event(request, context):
        return cut(watch_messages(request.after_offset)[:2])(request, context)

    double.script("Stream", cut(stream_messages()[:1]))
    double.script("Watch", one_event)
    # Six cuts in a row are more than this client bears, but each brought something new.
    client = face.client.with_options(max_reconnects=1)
    await assert_whole(face, client.tasks.stream("summarize", text="long"))


async def test_events_that_come_twice_are_given_once(face: Face, double: Double) -> None:
    messages = watch_messages(0)
    double.script("Watch", answer([*messages[:6], *messages]))
    await assert_whole(face, face.client.tasks.watch("t1"))


async def test_a_missing_event_makes_the_stream_go_back_for_it(face: Face, double: Double) -> None:
    messages = watch_messages(0)
    double.script("Watch", answer([*messages[:4], *messages[8:]]), watch_from_the_log)
    await assert_whole(face, face.client.tasks.watch("t1"))
    assert [call.request.after_offset for call in double.calls("Watch")] == [0, 2]


async def test_events_that_come_in_one_message_are_given_one_by_one(face: Face, double: Double) -> None:
    double.script("Watch", answer([watch_together(1, 2, 3), tasks_pb2.WatchResponse(), watch_together(4, 5, 6)]))
    stream = face.client.tasks.watch("t1")
    for offset in OFFSETS[:2]:
        assert (await face.next_of(stream)).offset == stream.last_offset == offset
        assert stream.task is None
    await assert_whole(face, stream, OFFSETS[2:])
    assert stream.text == "one two"
    assert [call.request.max_events for call in double.calls("Watch")] == [64]


@pytest.mark.parametrize("last", OFFSETS[:-1])
async def test_a_stream_that_is_cut_after_a_message_of_several_events_resumes_after_the_last_of_them(
    face: Face, double: Double, last: int
) -> None:
    double.script("Watch", cut([watch_together(*OFFSETS[:last])]), answer([watch_together(*OFFSETS[last:])]))
    await assert_whole(face, face.client.tasks.watch("t1"))
    assert [call.request.after_offset for call in double.calls("Watch")] == [0, last]


async def test_a_message_that_lacks_an_event_is_read_up_to_the_gap_and_begins_again_there(
    face: Face, double: Double
) -> None:
    double.script("Watch", answer([watch_together(1, 2, 4, 5, 6)]), answer([watch_together(2, 3, 4, 5, 6)]))
    # What stands behind the gap costs no further try.
    await assert_whole(face, face.client.with_options(max_reconnects=1).tasks.watch("t1"))
    assert [call.request.after_offset for call in double.calls("Watch")] == [0, 2]


async def test_a_stream_that_ends_politely_before_its_task_goes_on(face: Face, double: Double) -> None:
    double.script("Watch", cut(watch_messages(0)[:4], code=None), watch_from_the_log)
    double.script("StatusById", answer(task("RUNNING", last_offset=4)))
    await assert_whole(face, face.client.tasks.watch("t1"))


async def test_a_replayed_stream_of_an_ended_task_gives_its_events_again(face: Face, double: Double) -> None:
    messages = [task("OK", last_offset=6, replayed=True), *stream_messages()[1:]]
    double.script("Stream", answer(messages))
    await assert_whole(face, face.client.tasks.stream("summarize", text="long", request_id="again"))


async def test_a_stream_gives_up_after_so_many_reconnects_without_an_event(face: Face, double: Double) -> None:
    double.script("Watch", cut([]))
    client = face.client.with_options(max_reconnects=3)
    with pytest.raises(Unavailable, match="the connection is gone"):
        await face.all_of(client.tasks.watch("t1"))
    assert len(double.calls("Watch")) == 4


async def test_without_retries_a_cut_stream_raises_and_says_where_it_was(face: Face, double: Double) -> None:
    double.script("Watch", cut(watch_messages(0)[:4]))
    stream = face.client.with_options(max_retries=0).tasks.watch("t1")
    with pytest.raises(Unavailable):
        await face.all_of(stream)
    assert stream.last_offset == 2
    assert len(double.calls("Watch")) == 1


async def test_a_refused_watch_is_not_asked_again(face: Face, double: Double) -> None:
    double.script("Watch", refuse(grpc.StatusCode.NOT_FOUND, "TASK_NOT_FOUND"))
    with pytest.raises(NotFound):
        await face.all_of(face.client.tasks.watch("t1"))
    assert len(double.calls("Watch")) == 1


async def test_a_failed_task_ends_the_stream_without_raising(face: Face, double: Double) -> None:
    event = LOG_OF_TASK[0].__class__(offset=1, kind=6, text="MODULE_TRAPPED")
    ended = task("ERROR", last_offset=1, error={"code": "MODULE_TRAPPED", "message": "it trapped"})
    double.script("Stream", answer([task("PENDING"), task("RUNNING", event=event), ended]))
    stream = face.client.tasks.stream("summarize", text="long")
    events = await face.all_of(stream)
    assert [event.kind for event in events] == [EventKind.ERROR]
    assert stream.task.error.code == "MODULE_TRAPPED"


async def test_result_reads_to_the_end(face: Face, double: Double) -> None:
    double.script("Stream", answer(stream_messages()))
    ended = await face.do(face.client.tasks.stream("summarize", text="long").result)
    assert ended.result == {"summary": "short"}


async def test_result_of_expired_events_is_the_stored_one(face: Face, double: Double) -> None:
    double.script("Watch", refuse(grpc.StatusCode.FAILED_PRECONDITION, "EVENTS_EXPIRED"))
    double.script("StatusById", answer(task("OK", last_offset=6)))
    assert (await face.do(face.client.tasks.watch("t1").result)).result == {"summary": "short"}
    with pytest.raises(EventsExpired):
        await face.all_of(face.client.tasks.watch("t1"))


async def test_leaving_a_stream_early_ends_the_call_at_the_server(face: Face, double: Double) -> None:
    left = threading.Event()

    def until_left(_request, context):
        context.add_callback(left.set)
        yield tasks_pb2.WatchResponse(event=LOG_OF_TASK[0])
        left.wait(30)

    double.script("Watch", until_left)
    stream = face.client.tasks.watch("t1")
    first = await face.next_of(stream)
    assert first.text == "lost "
    await face.do(stream.close)
    assert await face.do_blocking(left.wait, 30)
    assert await face.all_of(stream) == []


async def test_a_stream_with_a_timeout_ends_with_it(face: Face, double: Double) -> None:
    held = threading.Event()

    def silent(_request, context):
        context.add_callback(held.set)
        held.wait(30)
        yield from ()

    double.script("Watch", silent)
    with pytest.raises(DeadlineExceeded):
        await face.all_of(face.client.tasks.watch("t1", timeout=0.2))


async def test_a_read_that_was_canceled_loses_no_event(double: Double) -> None:
    asked, left = threading.Event(), threading.Event()

    def silent(_request, context):
        context.add_callback(left.set)
        yield from watch_messages(0)[:2]
        asked.set()
        left.wait(30)

    double.script("Watch", silent, watch_from_the_log)
    async with AsyncClient(double.target) as client, client.tasks.watch("t1") as stream:
        assert (await anext(stream)).offset == 1
        reading = asyncio.ensure_future(anext(stream))
        assert await asyncio.to_thread(asked.wait, 30)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert await asyncio.to_thread(left.wait, 30)
        assert [event.offset async for event in stream] == [2, 3, 4, 5, 6]


async def test_events_that_are_asked_for_at_once_come_each_once(face: Face, double: Double) -> None:
    double.script("Watch", watch_from_the_log)
    stream = face.client.tasks.watch("t1")
    events = await asyncio.gather(*(face.next_of(stream) for _ in range(3)))
    assert sorted(event.offset for event in events) == [1, 2, 3]
