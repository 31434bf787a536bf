"""Attacks on the gRPC port: what HTTP/2 allows one to send, too often, too much, out of order, or not at all."""

import os
from collections.abc import Iterator
from itertools import count

from tests.abuse import wire
from tests.abuse.attack import Attack, Target
from tests.abuse.wire import END_HEADERS, END_STREAM, Kind

INFO = "/aion.v1.ServerService/GetServerInfo"
LIST = "/aion.v1.AionTasks/ListTasks"
WATCH = "/aion.v1.AionTasks/Watch"
HEALTH = "/grpc.health.v1.Health/"
KIB = 1 << 10
BEFORE_SETTINGS = "gRPC's core bounds headers by its own 16 MiB until the client agrees to the server's settings"
MOST_WINDOW = (1 << 31) - 1


def _streams() -> Iterator[int]:
    """Ids of a client's streams."""
    return count(1, 2)


def rapid_reset(target: Target) -> Iterator[bytes]:
    yield wire.opening()
    ids = _streams()
    while True:
        yield b"".join(wire.call(stream, INFO) + wire.reset(stream) for stream in (next(ids) for _ in range(50)))


def rapid_reset_of_whole_calls(target: Target) -> Iterator[bytes]:
    yield wire.opening()
    ids = _streams()
    while True:
        stream = next(ids)
        yield wire.call(stream, INFO) + wire.message(stream) + wire.reset(stream)


def rapid_reset_with_a_key(target: Target) -> Iterator[bytes]:
    yield wire.opening()
    for stream in _streams():
        yield wire.call(stream, INFO, _credentials(target)) + wire.message(stream) + wire.reset(stream)


def pings(target: Target) -> Iterator[bytes]:
    yield wire.opening()
    while True:
        yield wire.frame(Kind.PING, b"12345678") * 100


def settings(target: Target) -> Iterator[bytes]:
    yield wire.opening()
    for turn in count():
        yield wire.settings(initial_window_size=1 << 16 | turn & 0xFF) * 100


def header_tables(target: Target) -> Iterator[bytes]:
    yield wire.opening()
    for turn in count():
        yield wire.settings(header_table_size=(turn % 2) * 4096) * 100


def continuations(target: Target) -> Iterator[bytes]:
    yield wire.opening() + wire.AGREED
    yield wire.call(1, INFO, flags=0)
    piece = wire.literal(b"x-more", b"x" * KIB)
    while True:
        yield wire.frame(Kind.CONTINUATION, piece, stream=1) * 16


def empty_continuations(target: Target) -> Iterator[bytes]:
    yield wire.opening()
    yield wire.call(1, INFO, flags=0)
    while True:
        yield wire.frame(Kind.CONTINUATION, stream=1) * 500


def zero_windows(target: Target) -> Iterator[bytes]:
    """Asks for answers and leaves them no room."""
    yield wire.opening(wire.settings(initial_window_size=0))
    watched = wire.text_field(1, target.task)
    headers = _credentials(target)
    for stream in range(1, 400, 4):
        yield wire.call(stream, LIST, headers) + wire.message(stream)
        yield wire.call(stream + 2, WATCH, headers) + wire.message(stream + 2, watched)


def byte_by_byte(target: Target) -> Iterator[bytes]:
    """Lets an answer through one byte at a time."""
    yield wire.opening(wire.settings(initial_window_size=0))
    for stream in range(1, 100, 2):
        yield wire.call(stream, LIST, _credentials(target)) + wire.message(stream)
    while True:
        yield b"".join(wire.window_update(stream, 1) for stream in range(1, 100, 2))


def window_of_nothing(target: Target) -> Iterator[bytes]:
    yield wire.opening()
    yield wire.call(1, INFO) + wire.window_update(1, 0) + wire.window_update(0, 0)


def window_too_wide(target: Target) -> Iterator[bytes]:
    yield wire.opening()
    while True:
        yield wire.window_update(0, MOST_WINDOW) * 2


def windows_of_no_stream(target: Target) -> Iterator[bytes]:
    yield wire.opening()
    for stream in count(1_000_001, 2):
        yield wire.window_update(stream, MOST_WINDOW) * 100


def idle(target: Target) -> Iterator[bytes]:
    yield wire.opening()


def silent(target: Target) -> Iterator[bytes]:
    return iter(())


def half_a_preface(target: Target) -> Iterator[bytes]:
    yield wire.PREFACE[:10]


def headers_of(size: int, agreed: bytes = wire.AGREED) -> Iterator[bytes]:
    """Calls with a header list of about this size."""
    yield wire.opening() + agreed
    headers = [(b"x-%d" % number, b"x" * 500) for number in range(size // 540)]
    for stream in _streams():
        block = wire.header_block(INFO, headers)
        pieces = [block[at : at + 16 * KIB] for at in range(0, len(block), 16 * KIB)]
        first = wire.frame(Kind.HEADERS, pieces[0], 0 if pieces[1:] else END_HEADERS, stream)
        more = [wire.frame(Kind.CONTINUATION, piece, stream=stream) for piece in pieces[1:-1]]
        last = [wire.frame(Kind.CONTINUATION, pieces[-1], END_HEADERS, stream)] if pieces[1:] else []
        yield b"".join((first, *more, *last, wire.message(stream)))


def header_bomb(target: Target) -> Iterator[bytes]:
    """A header of 4 KiB that the table keeps, then named ten thousand times in a byte each."""
    yield wire.opening() + wire.AGREED
    bomb = wire.remembered(b"x-bomb", b"x" * 4000)
    for stream in _streams():
        block = wire.header_block(INFO) + (bomb if stream == 1 else b"") + wire.NEWEST * 10_000
        yield wire.frame(Kind.HEADERS, block, END_HEADERS | END_STREAM, stream)


def header_bomb_before_settings(target: Target) -> Iterator[bytes]:
    """The same, by a client that never agrees to the server's settings: until then its headers may have 16 MiB."""
    bombs = header_bomb(target)
    yield next(bombs).removesuffix(wire.AGREED)
    yield from bombs


def no_preface(target: Target) -> Iterator[bytes]:
    yield b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"


def noise(target: Target) -> Iterator[bytes]:
    yield wire.opening()
    while True:
        yield os.urandom(4 * KIB)


def too_long_a_frame(target: Target) -> Iterator[bytes]:
    yield wire.opening()
    yield wire.call(1, INFO)
    yield wire.frame(Kind.DATA, stream=1, length=wire.MOST_FRAME)
    while True:
        yield b"x" * (64 * KIB)


def priorities(target: Target) -> Iterator[bytes]:
    yield wire.opening()
    for turn in count():
        on = (turn % 1000 * 2 + 1).to_bytes(4, "big")
        yield b"".join(wire.frame(Kind.PRIORITY, on + b"\xff", stream=stream) for stream in range(3, 203, 2))


def data_for_nobody(target: Target) -> Iterator[bytes]:
    """A stream is opened and reset, and then gets its data."""
    yield wire.opening()
    yield wire.call(1, INFO) + wire.reset(1)
    while True:
        yield wire.frame(Kind.DATA, b"x" * 100, stream=1) * 50


def empty_data(target: Target) -> Iterator[bytes]:
    yield wire.opening()
    yield wire.call(1, INFO)
    while True:
        yield wire.frame(Kind.DATA, stream=1) * 500


def unfinished_calls(target: Target) -> Iterator[bytes]:
    """Calls whose message never comes."""
    yield wire.opening()
    for stream in range(1, 2000, 2):
        yield wire.call(stream, INFO)


def unfinished_messages(target: Target) -> Iterator[bytes]:
    """Strangers' calls that announce the longest message and send nearly all of it, whatever the window."""
    yield wire.opening()
    announced = b"\0" + (4 << 20).to_bytes(4, "big")
    streams = range(1, 129, 2)
    for stream in streams:
        yield wire.call(stream, INFO) + wire.frame(Kind.DATA, announced, stream=stream)
    for _ in range(255):
        for stream in streams:
            yield wire.frame(Kind.DATA, b"x" * (16 * KIB), stream=stream)


def frames_of_the_future(target: Target) -> Iterator[bytes]:
    yield wire.opening()
    while True:
        yield wire.frame(Kind.UNKNOWN, b"x" * 100) * 100


def promises(target: Target) -> Iterator[bytes]:
    yield wire.opening()
    yield wire.call(1, INFO) + wire.frame(Kind.PUSH_PROMISE, b"\0\0\0\2", END_HEADERS, 1)


def streams_backwards(target: Target) -> Iterator[bytes]:
    yield wire.opening()
    yield wire.call(9, INFO) + wire.message(9) + wire.call(7, INFO) + wire.message(7)


def _credentials(target: Target) -> tuple[wire.Header, ...]:
    return ((b"authorization", b"Bearer " + target.key.encode()),)


ATTACKS = {
    "rapid reset, 10,000 a second": Attack(rapid_reset),
    "rapid reset of whole calls": Attack(rapid_reset_of_whole_calls, per_second=1000),
    "rapid reset with a key": Attack(rapid_reset_with_a_key, per_second=500),
    "ping flood": Attack(pings, ends=True),
    "settings flood, answers unread": Attack(settings, listening=False),
    "header tables that come and go": Attack(header_tables),
    "continuation flood": Attack(continuations),
    "empty continuations": Attack(empty_continuations, ends=True),
    "no room for answers": Attack(zero_windows, connections=4),
    "room for one byte": Attack(byte_by_byte, per_second=50),
    "a window of nothing": Attack(window_of_nothing, ends=True),
    "a window that is too wide": Attack(window_too_wide),
    "windows of streams that are not": Attack(windows_of_no_stream),
    "1,000 idle connections": Attack(idle, connections=1000),
    "500 connections that say nothing": Attack(silent, connections=500),
    "500 connections with half a preface": Attack(half_a_preface, connections=500),
    "headers of 8 KiB": Attack(lambda target: headers_of(8 * KIB), per_second=100),
    "headers of 20 KiB": Attack(lambda target: headers_of(20 * KIB), per_second=100),
    "headers of 1 MiB": Attack(lambda target: headers_of(KIB * KIB), per_second=20),
    "a header named 10,000 times": Attack(header_bomb, per_second=50),
    "a header named 10,000 times, before settings": Attack(
        header_bomb_before_settings, per_second=5, limit=BEFORE_SETTINGS
    ),
    "headers of 1 MiB, before settings": Attack(
        lambda target: headers_of(KIB * KIB, b""), per_second=5, limit=BEFORE_SETTINGS
    ),
    "HTTP/1.1": Attack(no_preface, ends=True),
    "noise": Attack(noise, ends=True),
    "a frame of 16 MiB": Attack(too_long_a_frame, ends=True),
    "priority flood": Attack(priorities),
    "data for a closed stream": Attack(data_for_nobody),
    "empty data": Attack(empty_data),
    "calls without a message": Attack(unfinished_calls, per_second=2000, connections=2),
    "messages that never end": Attack(unfinished_messages, per_second=10_000),
    "frames of the future": Attack(frames_of_the_future),
    "a promise from a client": Attack(promises),
    "streams in the wrong order": Attack(streams_backwards),
}
"""By name. What one connection sends in a second is `per_second` bursts."""
