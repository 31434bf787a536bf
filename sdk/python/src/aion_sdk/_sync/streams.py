# Written by sdk/python/sync_face.py from aion_sdk/_async/streams.py. DO NOT EDIT!
"""The events of one task, over as many connections as it takes."""

from types import TracebackType
from typing import Self

from aion_sdk._about import tell
from aion_sdk._contract import methods
from aion_sdk._cursor import StreamCursor
from aion_sdk._sync.calls import Calls
from aion_sdk._transport.blocking import ByteStream, Turn
from aion_sdk._transport.channel import sent_request_id
from aion_sdk._wire import decode, encode
from aion_sdk.errors import AionError, EventsExpired, Unavailable
from aion_sdk.events import Event
from aion_sdk.tasks import Task


class TaskStream:
    """Iterate over it for the events, each once and in order; it reconnects by itself.

    Leaving it early ends the stream, never the task. Use it as a context manager, or call `close`, when you may leave
    before its end.
    """

    def __init__(self, calls: Calls, cursor: StreamCursor, timeout: float | None) -> None:
        self._calls = calls
        self._cursor = cursor
        self._metadata = calls.metadata()
        self._retries = calls.reconnects(timeout)
        self._turn = Turn()
        self._connection: ByteStream | None = None
        self._closed = False

    @property
    def task_id(self) -> str:
        """The task's id; empty until the server has accepted it."""
        return self._cursor.task_id

    @property
    def request_id(self) -> str:
        """The id under which the server's log knows this stream, on every connection."""
        return sent_request_id(self._metadata)

    @property
    def task(self) -> Task | None:
        """The task as it was last seen; the ended one after the last event."""
        return self._cursor.task

    @property
    def last_offset(self) -> int:
        """The offset of the last event that was given out: where `watch` can go on."""
        return self._cursor.last_offset

    @property
    def text(self) -> str:
        """The text that the events so far make."""
        return self._cursor.text

    def result(self) -> Task:
        """Read on to the end and return the ended task, failed or not. Raises AionError."""
        try:
            for _ in self:
                pass
        except EventsExpired:
            return decode.task(self._calls.unary(methods.STATUS_BY_ID, encode.task_id(self.task_id)))
        if self.task is None or not self._cursor.ended:
            raise Unavailable("the stream was closed before its task ended")
        return self.task

    def close(self) -> None:
        """End the stream, for whoever waits for its next event as well; the task goes on."""
        self._closed = True
        self._disconnect()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event:
        # Several that read at once take turns: each event goes to one of them, in order.
        with self._turn:
            event = self._next()
        if event is None:
            raise StopIteration
        return event

    def _next(self) -> Event | None:
        try:
            return self._following()
        except AionError as error:
            tell(error, task_id=self.task_id, idempotency_key=self._cursor.idempotency_key)
            raise

    def _following(self) -> Event | None:
        while not self._cursor.ended and not self._closed:
            try:
                event = self._cursor.next()
                if event is None and not self._cursor.ended:
                    self._hear()
            except AionError as error:
                self._disconnect()
                if self._closed:
                    break
                self._calls.pause(self._retries.delay_after(error))
                continue
            if event is not None:
                self._retries.progress()
                return event
        self._disconnect()
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _hear(self) -> None:
        message = self._read()
        if message is None:
            self._look()
        else:
            self._cursor.accept(message)

    def _read(self) -> bytes | None:
        if self._connection is None:
            if self._cursor.drained:
                return None
            path, request = self._cursor.request()
            self._connection = self._calls.open(path, request, self._retries.time_left(), self._metadata)
        try:
            return self._connection.read()
        except BaseException:
            # Whoever was interrupted here may go on reading: the next read resumes on a new connection.
            self._disconnect()
            raise

    def _look(self) -> None:
        # The server ended the stream; that is the end only if the task says so too.
        self._disconnect()
        if self.task_id:
            answer = self._calls.unary(methods.STATUS_BY_ID, encode.task_id(self.task_id), self._retries.time_left())
            if self._cursor.settle(decode.task(answer)):
                return
        raise Unavailable("the stream ended before its task did")

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
