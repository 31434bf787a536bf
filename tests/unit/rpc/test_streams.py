"""A stream while it runs: its credentials are looked at by a timer of their own, and a drain ends it, silent or not."""

import asyncio
from datetime import timedelta

import pytest

from aion.adapters.identity.api_keys import REMEMBER_FOR, ApiKeyAuthenticator
from aion.adapters.rpc.answers import Refused
from aion.adapters.rpc.streams import READER_SECONDS, REAUTHORISE_AFTER, StreamTimes
from tests.unit.rpc.stream_door import PATIENCE, Quiet, read


def test_a_revoked_key_is_noticed_within_the_promised_five_seconds():
    """4.7 A stream's credentials are looked at again at least every five seconds: timer and memory add up to less."""
    assert REAUTHORISE_AFTER + REMEMBER_FOR.total_seconds() <= 4.5
    assert StreamTimes().reauthorise_after == REAUTHORISE_AFTER


def test_a_reader_that_takes_nothing_has_the_promised_thirty_seconds():
    assert StreamTimes().reader == READER_SECONDS == 30.0


@pytest.mark.parametrize("offsets", [0, 3])
async def test_a_silent_stream_ends_once_its_key_is_revoked_though_no_message_passes(offsets):
    """4.7 A stream's credentials are looked at again at least every five seconds."""
    stage, got = Quiet(offsets), []
    reading = asyncio.ensure_future(read(stage.pipeline(StreamTimes(0.01)).stream(stage.call()).bursts, got))
    await asyncio.wait_for(stage.silent.wait(), PATIENCE)
    stage.keys.revoke("acme", stage.key.key_id, stage.clock.now())
    stage.clock.advance(REMEMBER_FOR)
    refused = await asyncio.wait_for(reading, PATIENCE)
    assert refused.error.reason == "UNAUTHENTICATED"
    assert got == list(range(1, offsets + 1))
    assert stage.ended == [("UNAUTHENTICATED", "UNAUTHENTICATED")]
    assert stage.left.is_set()


async def test_a_good_key_keeps_its_stream_and_loses_no_message_to_a_look():
    stage, looks, enough = Quiet(200), [], asyncio.Event()
    authenticate = ApiKeyAuthenticator.authenticate

    class Counting(ApiKeyAuthenticator):
        def authenticate(self, credentials):
            looks.append(credentials)
            if stage.silent.is_set() and len(looks) > 3:
                enough.set()
            return authenticate(self, credentials)

    pipeline = stage.pipeline(StreamTimes(0.0005), Counting)
    bursts = pipeline.stream(stage.call()).bursts
    got = [(await anext(bursts))[0].event.offset for _ in range(200)]
    following = asyncio.ensure_future(anext(bursts))
    await asyncio.wait_for(enough.wait(), PATIENCE)
    assert not following.done()
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    assert got == list(range(1, 201))
    assert stage.left.is_set()
    assert stage.ended == [("CANCELLED", "")]


async def test_a_drain_ends_a_silent_stream_with_a_word():
    stage, got = Quiet(1), []
    pipeline = stage.pipeline(StreamTimes())
    reading = asyncio.ensure_future(read(pipeline.stream(stage.call()).bursts, got))
    await asyncio.wait_for(stage.silent.wait(), PATIENCE)
    assert len(pipeline._streams) == 1
    pipeline.end_streams()
    refused = await asyncio.wait_for(reading, PATIENCE)
    assert (refused.error.reason, refused.error.retry_after) == ("DRAINING", timedelta(seconds=1))
    assert stage.left.is_set()
    assert not pipeline._streams, "nothing is kept of a stream that ended"


@pytest.mark.parametrize("at_once", [1, 2, 5])
async def test_a_reader_that_takes_nothing_is_refused_with_the_last_offset_that_it_took(at_once):
    stage = Quiet(5, at_once)
    stream = stage.pipeline(StreamTimes(reader=0.01)).stream(stage.call())
    taken = []

    async def write(offset: int) -> None:
        if offset == 3:
            await asyncio.Event().wait()
        taken.append(offset)

    async def deliver() -> None:
        async for burst in stream.bursts:
            for message in burst:
                await stream.pace(write(message.event.offset), message)

    with pytest.raises(Refused) as caught:
        await deliver()
    assert (caught.value.error.reason, caught.value.error.retry_after) == ("READER_TOO_SLOW", timedelta(seconds=1))
    assert (taken, caught.value.error.facts) == ([1, 2], {"last_offset": "2"})
    assert stage.left.is_set()
    assert not asyncio.current_task().cancelling()


async def test_a_reader_that_took_several_events_in_one_message_resumes_after_the_last_of_them():
    stage = Quiet(6, at_once=6, in_one=3)
    stream = stage.pipeline(StreamTimes(reader=0.01)).stream(stage.call())
    (first, second) = await anext(stream.bursts)
    await stream.pace(asyncio.sleep(0), first)
    with pytest.raises(Refused) as caught:
        await stream.pace(asyncio.Event().wait(), second)
    assert caught.value.error.facts == {"last_offset": "3"}


async def test_a_reader_that_took_nothing_at_all_is_told_the_offset_that_it_asked_from():
    stage = Quiet(1)
    stream = stage.pipeline(StreamTimes(reader=0.01)).stream(stage.call(after_offset=7))
    await anext(stream.bursts)
    with pytest.raises(Refused) as caught:
        await stream.pace(asyncio.Event().wait(), None)
    assert caught.value.error.facts == {"last_offset": "7"}


async def test_a_reader_of_a_new_task_that_took_nothing_is_told_to_begin_with_its_first_event():
    stage = Quiet(1)
    stream = stage.pipeline(StreamTimes(reader=0.01)).stream(stage.submits())
    await anext(stream.bursts)
    with pytest.raises(Refused) as caught:
        await stream.pace(asyncio.Event().wait(), None)
    assert caught.value.error.facts == {"last_offset": "0"}


async def test_a_caller_that_leaves_just_when_its_stream_ends_has_left():
    """Who is cancelled by somebody else stays cancelled, though the server has a last word as well."""
    stage = Quiet(0)
    pipeline = stage.pipeline(StreamTimes())
    reading = asyncio.ensure_future(anext(pipeline.stream(stage.call()).bursts))
    await asyncio.wait_for(stage.silent.wait(), PATIENCE)
    pipeline.end_streams()
    reading.cancel()
    await asyncio.wait({reading}, timeout=PATIENCE)
    assert reading.cancelled()
    assert stage.ended == [("CANCELLED", "")]


async def test_a_stream_that_was_refused_by_a_look_leaves_its_task_alone():
    stage = Quiet(0)
    pipeline = stage.pipeline(StreamTimes())

    async def read_twice() -> str:
        with pytest.raises(Refused) as caught:
            await anext(pipeline.stream(stage.call()).bursts)
        await asyncio.sleep(0)
        return caught.value.error.reason

    reading = asyncio.ensure_future(read_twice())
    await asyncio.wait_for(stage.silent.wait(), PATIENCE)
    pipeline.end_streams()
    assert await asyncio.wait_for(reading, PATIENCE) == "DRAINING"
    assert not reading.cancelling()


async def test_a_defect_of_a_look_ends_the_stream_as_internal():
    stage = Quiet(0)
    stage.allowed_defects = 1

    class Broken(ApiKeyAuthenticator):
        def authenticate(self, credentials):
            if stage.silent.is_set():
                raise RuntimeError("broken")
            return super().authenticate(credentials)

    pipeline = stage.pipeline(StreamTimes(0.001), Broken)
    with pytest.raises(Refused) as caught:
        await asyncio.wait_for(anext(pipeline.stream(stage.call()).bursts), PATIENCE)
    assert caught.value.error.reason == "INTERNAL"
    assert stage.ended == [("INTERNAL", "INTERNAL")]


async def test_a_drain_is_told_between_the_messages_of_a_burst():
    """4.7 A reader that takes its messages slowly keeps no stream that has to end."""
    stage = Quiet(5, at_once=5)
    pipeline = stage.pipeline(StreamTimes())
    stream = pipeline.stream(stage.call())
    taken = []

    async def write(offset: int) -> None:
        taken.append(offset)
        if offset == 2:
            pipeline.end_streams()

    async def deliver() -> None:
        async for burst in stream.bursts:
            for message in burst:
                await stream.pace(write(message.event.offset), message)

    with pytest.raises(Refused) as caught:
        await deliver()
    assert (taken, caught.value.error.reason) == ([1, 2], "DRAINING")
    assert stage.left.is_set()
