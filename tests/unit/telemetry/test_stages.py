"""The stage profile: what it times, that it leaves no trace, and that every stage is where the profile says."""

import asyncio
import inspect
import threading
from types import SimpleNamespace

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from aion.adapters.telemetry.stages import Place, StageRecorder
from aion.app.composition.stage_profile import PLACES, stage_profile


class Path:
    """A path of three stages."""

    def outer(self, value):
        return self.inner(value) + 1

    def inner(self, value):
        if value < 0:
            raise ValueError(value)
        return value * 2

    async def waits(self, until):
        await until.wait()
        return "done"


OUTER, INNER, WAITS = Place("outer", Path, "outer"), Place("inner", Path, "inner"), Place("waits", Path, "waits")


def figures(recorder, name):
    registry = CollectorRegistry(auto_describe=False)
    registry.register(recorder)
    return {
        sample.labels["stage"]: sample.value
        for family in text_string_to_metric_families(generate_latest(registry).decode())
        for sample in family.samples
        if sample.name == name
    }


def counts(recorder):
    return figures(recorder, "aion_stage_seconds_count")


def test_a_stage_is_counted_each_time_and_answers_as_before():
    recorder = StageRecorder()
    with recorder.recording((OUTER, INNER)):
        assert [Path().outer(3), Path().outer(4), Path().inner(1)] == [7, 9, 2]
    assert counts(recorder) == {"outer": 2, "inner": 3}
    assert figures(recorder, "aion_stage_processor_seconds_total").keys() == {"outer", "inner"}


def test_a_stage_that_raises_is_counted_and_raises_as_before():
    recorder = StageRecorder()
    with recorder.recording((OUTER, INNER)), pytest.raises(ValueError, match="-1"):
        Path().outer(-1)
    assert counts(recorder) == {"outer": 1, "inner": 1}


def test_the_time_of_a_stage_is_without_the_stages_within_it(monkeypatch):
    """By clocks that stand still but for what the stages themselves say."""
    now = {"wall": 0.0, "processor": 0.0}
    clocks = SimpleNamespace(perf_counter=lambda: now["wall"], thread_time=lambda: now["processor"])
    monkeypatch.setattr("aion.adapters.telemetry.stages.time", clocks)

    def inner():
        now["wall"] += 5
        now["processor"] += 2

    recorder = StageRecorder()
    timed_inner = recorder.timed("inner", inner)

    def outer():
        timed_inner()
        now["wall"] += 1
        now["processor"] += 1
        timed_inner()

    timed_outer = recorder.timed("outer", outer)
    timed_outer()
    timed_inner()
    assert figures(recorder, "aion_stage_seconds_sum") == {"inner": 15, "outer": 1}
    assert figures(recorder, "aion_stage_processor_seconds_total") == {"inner": 6, "outer": 1}


def test_a_stage_of_another_thread_is_not_within_this_one():
    recorder = StageRecorder()
    elsewhere = recorder.timed("elsewhere", lambda: None)

    def starts_another():
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()

    recorder.timed("here", starts_another)()
    assert recorder._inner.wall == figures(recorder, "aion_stage_seconds_sum")["here"]


async def test_a_stage_that_waits_is_counted_when_it_ends_also_by_a_cancel():
    recorder = StageRecorder()
    with recorder.recording((WAITS,)):
        until = asyncio.Event()
        waiting = asyncio.ensure_future(Path().waits(until))
        canceled = asyncio.ensure_future(Path().waits(asyncio.Event()))
        await asyncio.sleep(0)
        assert counts(recorder) == {}
        until.set()
        assert await waiting == "done"
        canceled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await canceled
    assert counts(recorder) == {"waits": 2}
    assert figures(recorder, "aion_stage_processor_seconds_total") == {}


def test_a_place_that_is_not_there_is_refused_and_nothing_is_swapped():
    before = Path.__dict__["outer"]
    with pytest.raises(AttributeError), StageRecorder().recording((OUTER, Place("gone", Path, "gone"))):
        pass
    assert Path.__dict__["outer"] is before


def test_without_a_profile_the_stages_are_the_functions_that_were_written():
    """Off, it costs nothing: there is no call, no check and no wrapper on the path, before a profile and after it."""
    before = [inspect.getattr_static(place.owner, place.name) for place in PLACES]
    assert not any(hasattr(function, "__wrapped__") for function in before)
    with stage_profile():
        during = [inspect.getattr_static(place.owner, place.name) for place in PLACES]
        assert [function.__wrapped__ for function in during] == before
    assert [inspect.getattr_static(place.owner, place.name) for place in PLACES] == before
