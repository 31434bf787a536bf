"""A host's end of the socket: frames in, frames out, from any thread."""

import socket
import threading
from collections.abc import Sequence

from aion import failpoints
from aion.adapters.engines.wasm.frames import Event, FrameKind, FrameReader, end_payload, events_payload, frame
from aion.domain.attempts import AttemptResult

_READ = 1 << 18


class SupervisorGone(Exception):
    """The supervisor closed the socket or died."""


class Connection:
    """Reads are made by one thread at a time; writes by any."""

    def __init__(self, peer: socket.socket) -> None:
        self._peer = peer
        self._reader = FrameReader()
        self._writing = threading.Lock()

    def receive(self, *, wait: bool) -> list[tuple[int, int, bytes]]:
        """The next complete frames; none when `wait` is false and nothing has come."""
        while True:
            try:
                data = self._peer.recv(_READ, 0 if wait else socket.MSG_DONTWAIT)
            except BlockingIOError:
                return []
            except ConnectionError as error:
                raise SupervisorGone from error
            if not data:
                raise SupervisorGone
            frames = list(self._reader.feed(data))
            if frames or not wait:
                return frames

    def send(self, data: bytes) -> None:
        """Sends whole frames; waits while the supervisor is slow, which slows the guests down in turn."""
        try:
            with self._writing:
                self._peer.sendall(data)
        except ConnectionError as error:
            raise SupervisorGone from error

    def ready(self) -> None:
        """The host can take work."""
        self.send(frame(FrameKind.READY, 0))

    def events(self, attempt: int, events: Sequence[Event]) -> None:
        """What a guest wrote."""
        self.send(frame(FrameKind.EVENTS, attempt, events_payload(events)))
        failpoints.hit("host.after_events")

    def end(self, attempt: int, events: Sequence[Event], result: AttemptResult) -> None:
        """How an attempt ended, with its last events. Nothing about it is sent afterwards."""
        last = frame(FrameKind.EVENTS, attempt, events_payload(events)) if events else b""
        self.send(last + frame(FrameKind.END, attempt, end_payload(result)))
