"""Supervisor and host understand each other, however the socket cuts what they say."""

from dataclasses import replace

import pytest

from aion.adapters.engines.wasm.frames import (
    MOST_FUEL,
    FrameKind,
    FrameReader,
    RunOrder,
    end_payload,
    events_payload,
    frame,
    read_end,
    read_events,
    read_run,
    run_payload,
)
from aion.domain.attempts import AttemptOutcome, AttemptResult, Failure
from aion.domain.events import EventKind, NewEvent


@pytest.mark.parametrize("size", range(1, 40))
def test_frames_survive_any_cut(size):
    frames = [(FrameKind.RUN, 7, b"abc"), (FrameKind.CANCEL, 2**64 - 1, b""), (FrameKind.EVENTS, 1, b"x" * 30)]
    stream = b"".join(frame(*one) for one in frames)
    reader = FrameReader()
    read = [one for at in range(0, len(stream), size) for one in reader.feed(stream[at : at + size])]
    assert read == frames


@pytest.mark.parametrize("granted", [frozenset(), frozenset({"clock"}), frozenset({"random", "log"})])
def test_an_order_arrives_as_it_was_given(granted):
    order = RunOrder(3, 2**62, 2**40, 2**63, granted, b"seed", '{"é":1}'.encode())
    assert read_run(run_payload(order)) == order


@pytest.mark.parametrize(
    "result",
    [
        AttemptResult(AttemptOutcome.OK, '{"é":1}', fuel=2**60),
        AttemptResult(AttemptOutcome.FAILED, failure=Failure("MODULE_FAILED", "é", retryable=False)),
        AttemptResult(AttemptOutcome.TIMEOUT, failure=Failure("ATTEMPT_TIMEOUT", "", retryable=True), fuel=1),
    ],
)
def test_an_end_arrives_as_it_was_given(result):
    assert read_end(end_payload(result)) == result


def test_an_end_with_more_fuel_than_there_is_is_no_end():
    most = AttemptResult(AttemptOutcome.OK, "{}", fuel=MOST_FUEL)
    assert read_end(end_payload(most)) == most
    with pytest.raises(ValueError, match="of fuel"):
        read_end(end_payload(replace(most, fuel=MOST_FUEL + 1)))


def test_an_end_of_an_attempt_that_runs_is_none():
    runs = AttemptResult(AttemptOutcome.RUNNING, failure=Failure("MODULE_FAILED", "", retryable=True))
    with pytest.raises(ValueError, match="says that its attempt runs"):
        read_end(end_payload(runs))


def test_events_arrive_as_they_were_given():
    events = [(1, "é"), (2, '{"a":1}'), (3, "log")]
    assert read_events(events_payload(events)) == [
        NewEvent(EventKind.TOKEN, text="é"),
        NewEvent(EventKind.PARTIAL, data_json='{"a":1}'),
        NewEvent(EventKind.LOG, text="log"),
    ]
