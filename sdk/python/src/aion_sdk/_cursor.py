"""Where a stream of events stands, and what to ask for next: the same for both faces, and without a network.

A stream that was cut resumes after the last offset that it gave out, so that no event comes twice and none is missed.
Before the task is known to be accepted, the same submission is sent again: its request id makes no second task.
"""

from collections import deque

from aion_sdk._contract import methods
from aion_sdk._wire import decode, encode
from aion_sdk.errors import Unavailable
from aion_sdk.events import Event, TextFold
from aion_sdk.tasks import Task


class StreamCursor:
    """The state of one stream over all its connections."""

    def __init__(
        self,
        *,
        submission: bytes | None = None,
        idempotency_key: str = "",
        task_id: str = "",
        after_offset: int = 0,
    ) -> None:
        self._submission = submission
        self.idempotency_key = idempotency_key
        self._watching = submission is None
        self._steps: deque[decode.Step] = deque()
        self._fold = TextFold()
        self.task_id = task_id
        self.last_offset = after_offset
        self.task: Task | None = None
        self.drained = False
        self.ended = False

    @property
    def text(self) -> str:
        """The text that the events of this stream make so far."""
        return self._fold.text

    def request(self) -> tuple[str, bytes]:
        """The method and the request that open the next connection."""
        self._watching = bool(self.task_id) or self._submission is None
        if self._watching or self._submission is None:
            return methods.WATCH, encode.watch_request(self.task_id, self.last_offset)
        return methods.STREAM, self._submission

    def accept(self, message: bytes) -> None:
        """Take one message of the connection that stands; `next` gives its events."""
        self._steps.extend(decode.watched(message) if self._watching else decode.streamed(message))

    def next(self) -> Event | None:
        """The next new event that was taken; None when there is none. Raises Unavailable when an event is missing."""
        while self._steps:
            fresh = self._go_on(*self._steps.popleft())
            if fresh is not None:
                return fresh
        return None

    def _go_on(self, event: Event | None, task: Task | None) -> Event | None:
        if not self._watching and task is not None and not self.task_id:
            self.task_id, self.task = task.task_id, task
        fresh = None if event is None else self._take(event)
        if task is not None and (event is None or _brings_the_end(event, task)):
            self.settle(task)
        return fresh

    def settle(self, task: Task) -> bool:
        """Take the task as it is now; True when it ended and none of its events is missing."""
        if task.ended and (self.drained or self.last_offset >= task.last_offset):
            self.task, self.ended = task, True
        return self.ended

    def _take(self, event: Event) -> Event | None:
        if event.offset <= self.last_offset:
            return None
        if event.offset != self.last_offset + 1:
            self._steps.clear()
            raise Unavailable(
                f"the stream went from event {self.last_offset} to {event.offset}; it begins again after the first"
            )
        self.last_offset = event.offset
        self.drained = event.kind.ends
        self._fold.add(event)
        return event


def _brings_the_end(event: Event, task: Task) -> bool:
    # Beside any other event a message shows the task in part, or as it was then.
    return event.kind.ends and task.last_offset >= event.offset
