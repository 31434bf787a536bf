"""ABI v1, line by line: what becomes an event, what is a result, and what is refused."""

import json
from collections import deque
from itertools import islice
from types import SimpleNamespace

import pytest

from aion.adapters.engines.wasm.frames import RunOrder
from aion.adapters.engines.wasm.host import output as limits
from aion.adapters.engines.wasm.host.attempt import Attempt
from aion.adapters.engines.wasm.host.endings import GuestEnds
from aion.adapters.engines.wasm.host.output import Output
from aion.adapters.engines.wasm.host.wasi_streams import fd_write
from aion.domain.attempts import AttemptOutcome

TOKEN, PARTIAL, LOG = 1, 2, 3
RESULT = b'{"type":"result","data":{}}\n'


def go_on():
    """Nothing ends this guest."""


class Reader:
    """An output with everything that it sent."""

    def __init__(self, *, logs_granted=True):
        self.batches = []
        self.output = Output(self.batches.append, logs_granted=logs_granted)

    def read(self, data, piece=None):
        step = piece or max(len(data), 1)
        for at in range(0, len(data), step):
            self.output.stdout(data[at : at + step], go_on)
        self.output.finish()
        return self.output.result

    @property
    def events(self):
        sent = [event for batch in self.batches for event in batch]
        return sent + self.output.rest()


@pytest.mark.parametrize("piece", [1, 2, 7, 64, None])
def test_the_same_lines_mean_the_same_however_they_are_cut(piece):
    reader = Reader()
    said = '{"type":"token","text":"é"}\r\n\n  \n{"type":"partial","data":[1]}\n{"type":"result","data":{"a":"é"}}'
    assert reader.read(said.encode(), piece) == '{"a":"é"}'.encode()
    assert reader.events == [(TOKEN, "é"), (PARTIAL, "[1]")]


@pytest.mark.parametrize("piece", [1, 5, None])
@pytest.mark.parametrize("indent", [None, 1])
def test_a_lone_object_is_a_result_however_it_is_written(indent, piece):
    value = {"a": [1, {"b": "}\n{"}], "c": {}}
    assert json.loads(Reader().read(json.dumps(value, indent=indent).encode(), piece)) == value


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"hello\n", "not JSON"),
        (b'{"type":"token","text":"a"}\n{\n', "not JSON"),
        (b'{"type":"token","text":"\xff"}\n', "not JSON"),
        (b'{"type":"token","text":"\\ud800"}\n', "not JSON"),
        (b'{"type":"partial","data":NaN}\n', "not JSON"),
        (b'{"type":"partial","data":Infinity}\n', "not JSON"),
        (b'{"type":"partial","data":' + b"[" * 101 + b"]" * 101 + b"}\n", "nested"),
        (b'{"type":"partial","data":' + b"[" * 5000 + b"]" * 5000 + b"}\n", "not JSON"),
        (b"[1]\n", "not an object"),
        (b"null\n", "not an object"),
        (b'{"type":"error","message":"no"}\n', "not one of"),
        (b'{"type":7}\n', "not one of"),
        (b'{"type":"token"}\n', "text"),
        (b'{"type":"token","text":7}\n', "text"),
        (b'{"type":"partial"}\n', "data"),
        (b'{"type":"log","message":null}\n', "message"),
        (b'{"type":"log","level":7,"message":"a"}\n', "level"),
        (b'{"type":"log","level":null,"message":"a"}\n', "level"),
        (b'{"type":"result"}\n', "data"),
        (b'{"type":"result","data":[1]}\n', "not an object"),
        (RESULT + RESULT, "more than one"),
        (b'{"a":1}\n{"a":1}\n', "not one of"),
        (b'{"a":1}\n' + RESULT, "more than one"),
        (b'{"type":"token","text":"a"}\n{"a":1}\n', "not one of"),
    ],
)
def test_what_is_not_abi_v1_is_malformed(said, words):
    with pytest.raises(GuestEnds) as ending:
        Reader().read(said)
    assert ending.value.failure.code == "OUTPUT_MALFORMED"
    assert words in ending.value.failure.message


def test_exactly_the_largest_result_passes_and_one_byte_more_does_not():
    largest = b'{"type":"result","data":{"a":"' + b"x" * (limits.MOST_RESULT - 8) + b'"}}\n'
    assert len(Reader().read(largest)) == limits.MOST_RESULT
    with pytest.raises(GuestEnds) as ending:
        Reader().read(largest.replace(b"x", b"xx", 1))
    assert ending.value.failure.code == "RESULT_TOO_LARGE"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b"x" * (limits.MOST_LINE + 2000), "OUTPUT_TOO_LARGE"),
        (b'{"type":"token","text":"' + b"x" * (limits.MOST_LINE + 2000), "OUTPUT_TOO_LARGE"),
        (b'{"type":"result","data":{"a":"' + b"x" * (limits.MOST_LINE + 2000), "RESULT_TOO_LARGE"),
        (b'{\n"a":"' + b"x" * (limits.MOST_LINE + 2000), "RESULT_TOO_LARGE"),
        (b'{"type":"token","text":"' + b"x" * 1000 + b'"}\n', "OUTPUT_TOO_LARGE"),
        (b'{"type":"token","text":""}\n', "OUTPUT_TOO_LARGE"),
    ],
)
def test_floods_end_at_their_bound(said, code):
    reader = Reader()
    writes = iter(lambda: reader.output.stdout(said, go_on), "never")
    with pytest.raises(GuestEnds) as ending:
        deque(islice(writes, 200_000), maxlen=0)
    assert ending.value.failure.code == code
    assert len(reader.events) <= limits.MOST_EVENTS


def test_a_module_that_says_nothing_has_no_result():
    with pytest.raises(GuestEnds) as ending:
        Reader().read(b"")
    assert ending.value.failure.code == "RESULT_MISSING"


def test_stderr_becomes_log_lines_and_last_words():
    reader = Reader()
    reader.output.stderr(b"one\ntw")
    reader.output.stderr(b"o\n\nlast \xc3\xa9")
    assert reader.output.last_words.endswith("last é")
    assert reader.read(RESULT) == b"{}"
    assert reader.events == [(LOG, "one"), (LOG, "two"), (LOG, "last é")]


def test_without_the_grant_log_lines_go_nowhere_and_stderr_is_kept():
    """10.2 stderr becomes bounded LOG events, always. `log` lines do when the manifest grants `log`."""
    reader = Reader(logs_granted=False)
    reader.output.stderr(b"one\nthr")
    assert reader.read(b'{"type":"log","message":"two"}\n' + RESULT) == b"{}"
    assert reader.events == [(LOG, "one"), (LOG, "thr")]


def test_a_log_line_is_cut_in_its_level_and_in_its_message():
    reader = Reader()
    said = {"type": "log", "level": "l" * 1000, "message": "m" * 2 * limits.MOST_LOG}
    reader.read(json.dumps(said).encode() + b"\n" + RESULT)
    [(kind, text)] = reader.events
    assert (kind, len(text)) == (LOG, limits.MOST_LOG)
    assert text.startswith("l" * limits.MOST_LEVEL + ": m")


def test_a_burst_is_sent_in_batches():
    reader = Reader()
    reader.read(b'{"type":"token","text":"a"}\n' * 5000 + RESULT)
    assert len(reader.events) == 5000
    assert 1 < len(reader.batches) < 500


def test_between_many_lines_of_one_write_it_is_asked_whether_the_guest_may_go_on():
    asked = []
    Reader().output.stdout(b" \n" * 10_000, lambda: asked.append("may I?"))
    assert 10 <= len(asked) <= 1000


def test_millions_of_empty_lines_are_passed_over_at_once():
    reader, asked = Reader(), []
    reader.output.stdout(b"\n" * 2_000_000 + b"\r\n" * 10_000 + RESULT, lambda: asked.append("may I?"))
    assert reader.output.finish() == b"{}"
    assert asked == []


def test_a_guest_whose_time_is_over_is_ended_inside_its_write():
    said = b" \n" * 10_000 + RESULT
    memory = SimpleNamespace(read_pair=lambda _: (0, len(said)), read=lambda _, length: said[:length])
    order = RunOrder(slot=0, memory_bytes=0, fuel=0, deadline_ns=0, granted=frozenset(), seed=b"", input=b"")
    attempt = Attempt(1, order, Output([].append, logs_granted=False))
    attempt.began = True
    with pytest.raises(GuestEnds) as raised:
        fd_write(SimpleNamespace(memory=memory, attempt=attempt), [1, 0, 0, 0, 0, 0, 0, 0, 1])
    assert raised.value.outcome is AttemptOutcome.TIMEOUT
    assert attempt.output.result is None
