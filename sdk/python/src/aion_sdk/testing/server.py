"""The fake as a gRPC server on this machine, so that a test uses the client that its program uses."""

import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn

import grpc

from aion_sdk.testing.refusals import RefusedCall
from aion_sdk.testing.services import Method

MOST_CALLS = 64
"""Calls that can be answered at the same time; each watcher is one."""


class Faults:
    """What goes wrong on the way, as a test wrote it down."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._refusals: deque[RefusedCall] = deque()
        self._cuts: deque[int] = deque()

    def refuse(self, refusal: RefusedCall, times: int) -> None:
        """Refuse the next calls, whatever they ask; 0 times forgets the refusals that are still to come."""
        with self._lock:
            if times == 0:
                self._refusals.clear()
            self._refusals.extend([refusal] * times)

    def cut(self, after: int) -> None:
        """Lose the connection of the next stream after so many messages."""
        with self._lock:
            self._cuts.append(after)

    def next_refusal(self) -> RefusedCall | None:
        """Return how the call that has just come is refused, None when it is not."""
        with self._lock:
            return self._refusals.popleft() if self._refusals else None

    def next_cut(self) -> int | None:
        """Return after how many messages the stream that has just begun is lost, None when it is not."""
        with self._lock:
            return self._cuts.popleft() if self._cuts else None


class Door(grpc.GenericRpcHandler):
    """Finds the method of a path; keys, faults and refusals are looked at here."""

    def __init__(self, found: dict[str, Method], faults: Faults, calls: list[str], api_key: str | None) -> None:
        self._methods = found
        self._faults = faults
        self._calls = calls
        self._api_key = api_key

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """Return the handler of a path, None for one that the contract lacks."""
        path = handler_call_details.method
        method = self._methods.get(path)
        if method is None:
            return None
        if method.streams:
            return grpc.unary_stream_rpc_method_handler(self._streaming(path, method))
        return grpc.unary_unary_rpc_method_handler(self._unary(path, method))

    def _unary(self, path: str, method: Method) -> Callable[[bytes, Any], bytes]:
        def answer(request: bytes, context: Any) -> bytes:
            try:
                self._admit(path, context)
                return bytes(method.answer(method.request.parse(request)))
            except RefusedCall as refusal:
                _abort(context, refusal)

        return answer

    def _streaming(self, path: str, method: Method) -> Callable[[bytes, Any], Iterator[bytes]]:
        def answer(request: bytes, context: Any) -> Iterator[bytes]:
            try:
                self._admit(path, context)
                cut = self._faults.next_cut()
                for number, message in enumerate(method.answer(method.request.parse(request))):
                    if number == cut:
                        context.abort(grpc.StatusCode.UNAVAILABLE, "the fake was told to lose the connection")
                    yield bytes(message)
            except RefusedCall as refusal:
                _abort(context, refusal)

        return answer

    def _admit(self, path: str, context: Any) -> None:
        given = dict(context.invocation_metadata())
        context.set_trailing_metadata((("x-request-id", given.get("x-request-id") or str(uuid.uuid4())),))
        self._calls.append(path.rpartition("/")[2])
        if self._api_key is not None and given.get("authorization") != f"Bearer {self._api_key}":
            raise RefusedCall("UNAUTHENTICATED", "no credentials, or none that the fake knows")
        if (refusal := self._faults.next_refusal()) is not None:
            raise refusal


def _abort(context: Any, refusal: RefusedCall) -> NoReturn:
    context.set_trailing_metadata((*context.trailing_metadata(), *refusal.trailers()))
    context.abort(refusal.code, refusal.message)
    raise AssertionError("abort raises")


def serve(door: Door) -> tuple[grpc.Server, str]:
    """Start a server on a free port of the loopback; return it with its address."""
    server = grpc.server(ThreadPoolExecutor(max_workers=MOST_CALLS), options=[("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers((door,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, f"127.0.0.1:{port}"
