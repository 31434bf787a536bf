"""What a message of Watch brings: as many events as its client asked for and as are there, the task with the last."""

from dataclasses import replace

import pytest

from aion.adapters.rpc.call import Admitted
from aion.adapters.rpc.tasks import TaskHandlers
from aion.domain.events import EventKind, TaskEvent
from aion.ports.usecases import Progress
from aion.v1 import tasks_pb2
from tests.contract.rest.samples import TIME, an_ended_task
from tests.contract.rest.scripted import Script

ENDED = an_ended_task()
BEAT = Progress()
END = Progress(TaskEvent(7, 0, EventKind.DONE, TIME, data_json="{}"), ENDED)


def steps(first: int, last: int) -> list[Progress]:
    """So many tokens that are there at the same time."""
    return [Progress(TaskEvent(n, 1, EventKind.TOKEN, TIME, text=f"{n} ")) for n in range(first, last + 1)]


async def sent(bursts: list[list[Progress]], max_events: int) -> list[list[tasks_pb2.WatchResponse]]:
    """The bursts of messages that a client gets who asked for so many events in one."""

    async def watch(caller: object, task_id: str, after_offset: int):
        assert (task_id, after_offset) == ("t-1", 2)
        for burst in bursts:
            yield burst

    use_cases = replace(Script().use_cases(), watch=watch)
    request = tasks_pb2.WatchRequest(task_id="t-1", after_offset=2, max_events=max_events)
    admitted = Admitted(None, None, request, b"")  # type: ignore[arg-type] # who calls does not matter here
    return [list(burst) async for burst in TaskHandlers(use_cases).watch(admitted)]


def offsets(message: tasks_pb2.WatchResponse) -> list[int]:
    """Those of the message's events."""
    return [event.offset for event in (message.event, *message.more_events)] if message.HasField("event") else []


@pytest.mark.parametrize(
    ("max_events", "together"),
    [
        (0, [[[3], [4], [5], [6], [7]]]),
        (1, [[[3], [4], [5], [6], [7]]]),
        (2, [[[3, 4], [5, 6], [7]]]),
        (4, [[[3, 4, 5, 6], [7]]]),
        (5, [[[3, 4, 5, 6, 7]]]),
        (64, [[[3, 4, 5, 6, 7]]]),
    ],
)
async def test_what_is_there_at_once_comes_in_as_few_messages_as_the_client_allows(max_events, together):
    got = await sent([[*steps(3, 6), END]], max_events)
    assert [[offsets(message) for message in burst] for burst in got] == together
    every = [message for burst in got for message in burst]
    assert [message.HasField("task") for message in every] == [False] * (len(every) - 1) + [True]
    assert every[-1].task.task_id == ENDED.task_id
    events = [event for message in every for event in (message.event, *message.more_events)]
    assert [event.text for event in events] == ["3 ", "4 ", "5 ", "6 ", ""]
    assert all(event.create_time.ToDatetime(TIME.tzinfo) == TIME for event in events)


async def test_what_comes_later_is_not_waited_for():
    """4.9 A message is never held back until it is full."""
    got = await sent([steps(3, 3), [BEAT], steps(4, 5), [END]], 64)
    assert [[offsets(message) for message in burst] for burst in got] == [[[3]], [[]], [[4, 5]], [[7]]]
    assert [burst[0].HasField("task") for burst in got] == [False, False, False, True]


async def test_a_heartbeat_and_the_task_alone_bring_no_event():
    (beat,), (task,) = await sent([[BEAT], [Progress(task=ENDED)]], 64)
    assert beat == tasks_pb2.WatchResponse()
    assert (task.HasField("event"), list(task.more_events), task.task.task_id) == (False, [], ENDED.task_id)
