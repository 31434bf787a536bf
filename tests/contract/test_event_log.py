"""The log of a task: dense offsets, committed before they are seen, one text for everybody."""

import asyncio

import pytest

from aion.domain.errors import OffsetOutOfRange, TaskNotFound
from aion.domain.events import EventKind, NewEvent, text_of
from aion.domain.writes import Append, Settle
from tests.sample_tasks import FAILED, LOST, OK, SCOPE, accept, claim, eager, lease_of, new_task, settle, tokens


@pytest.fixture
async def running(store):
    return (await store.accept("acme", accept(new_task(max_failures=1), eager=eager()))).task


async def read(store, after=0, limit=1000):
    return await store.events("acme", "task-1", after, limit)


async def test_a_new_task_has_no_events(store, running):
    assert list(await read(store)) == []


async def test_append_answers_the_last_offset_and_offsets_are_dense(store, running):
    assert await store.append(SCOPE, tokens(running, "a", "b")) == 2
    assert await store.append(SCOPE, tokens(running, "c")) == 3
    assert [event.offset for event in await read(store)] == [1, 2, 3]


async def test_every_kind_of_event_reads_back_while_live_and_after_the_end(store, running):
    news = (
        NewEvent(EventKind.TOKEN, "tök"),
        NewEvent(EventKind.PARTIAL, data_json='{"a":1}'),
        NewEvent(EventKind.LOG, "a line"),
    )
    await store.append(SCOPE, Append(lease_of(running), news))
    live = list(await read(store))
    assert [(event.kind, event.text, event.data_json) for event in live] == [
        (new.kind, new.text, new.data_json) for new in news
    ]
    await store.settle(SCOPE, settle(running, OK, "end"))
    whole = list(await read(store))
    assert whole[:3] == live
    assert [(event.kind, event.data_json) for event in whole[3:]] == [
        (EventKind.TOKEN, ""),
        (EventKind.DONE, OK.result_json),
    ]


async def test_after_offset_is_exclusive_and_limit_bounds_the_answer(store, running):
    await store.append(SCOPE, tokens(running, *"abcdef"))
    for ended in (False, True):
        assert [event.text for event in await read(store, after=2, limit=3)] == ["c", "d", "e"]
        if not ended:
            await store.settle(SCOPE, settle(running))
    assert list(await read(store, after=7)) == []


async def test_every_offset_resumes_to_the_same_text(store, running):
    await store.append(SCOPE, tokens(running, *"abc"))
    await store.settle(SCOPE, settle(running, OK, "d"))
    whole = list(await read(store))
    for after in range(len(whole) + 1):
        assert whole[:after] + list(await read(store, after)) == whole


async def test_an_offset_beyond_the_end_is_refused_with_the_last_one(store, running):
    await store.append(SCOPE, tokens(running, "a"))
    with pytest.raises(OffsetOutOfRange) as refused:
        await read(store, after=2)
    assert refused.value.facts["last_offset"] == "1"


async def test_the_log_of_a_foreign_task_is_not_found(store, running):
    await store.append(SCOPE, tokens(running, "secret"))
    with pytest.raises(TaskNotFound):
        await store.events("other", "task-1", 0, 10)


async def test_a_retry_after_streaming_begins_with_a_reset_and_the_text_is_of_the_new_attempt(store, running):
    await store.append(SCOPE, tokens(running, "wrong ", "text"))
    await store.settle(SCOPE, settle(running, LOST))
    (again,) = await store.claim(SCOPE, claim())
    await store.append(SCOPE, tokens(again, "right"))
    await store.settle(SCOPE, settle(again, OK))
    events = list(await read(store))
    kinds = [event.kind for event in events]
    assert kinds == [EventKind.TOKEN, EventKind.TOKEN, EventKind.RESET, EventKind.TOKEN, EventKind.DONE]
    assert [event.offset for event in events] == [1, 2, 3, 4, 5]
    assert (events[2].attempt, events[2].discard_from) == (2, 1)
    assert text_of(events) == "right"


async def test_a_log_ends_with_exactly_one_end(store, running):
    await store.settle(SCOPE, Settle(lease_of(running), OK))
    assert [event.kind for event in await read(store)] == [EventKind.DONE]


async def test_an_error_ends_the_log_with_its_code(store):
    task = (await store.accept("acme", accept(new_task("broken"), eager=eager()))).task
    await store.settle(SCOPE, settle(task, FAILED))
    (last,) = await store.events("acme", "broken", 0, 10)
    assert (last.kind, last.text) == (EventKind.ERROR, "MODULE_FAILED")


async def test_a_canceled_pending_task_has_an_end_too(store):
    await store.accept("acme", accept(new_task("waits")))
    await store.cancel("acme", "waits")
    assert [event.kind for event in await store.events("acme", "waits", 0, 10)] == [EventKind.ERROR]


async def test_appends_of_many_tasks_at_once_stay_apart(store):
    tasks = [
        (await store.accept("acme", accept(new_task(f"task-{number}"), eager=eager()))).task for number in range(5)
    ]
    steps = [store.append(SCOPE, tokens(task, f"{task.task_id}:{at} ")) for at in range(4) for task in tasks]
    await asyncio.gather(*steps)
    for task in tasks:
        events = await store.events("acme", task.task_id, 0, 10)
        assert text_of(events) == "".join(f"{task.task_id}:{at} " for at in range(4))


async def test_a_log_too_long_for_memory_is_read_from_its_beginning(store, running):
    words = [f"word {number} " for number in range(5_000)]
    for begin in range(0, len(words), 500):
        await store.append(SCOPE, tokens(running, *words[begin : begin + 500]))
    assert [event.offset for event in await read(store, after=3, limit=2)] == [4, 5]
    assert text_of(await read(store, limit=10_000)) == "".join(words)
    await store.settle(SCOPE, settle(running))
    events = await read(store, limit=10_000)
    assert [event.offset for event in events] == list(range(1, 5_002))
    assert text_of(events) == "".join(words)
