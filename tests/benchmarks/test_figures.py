"""What the sections make of what they measured, from values that are made up here."""

from collections import Counter

import pytest

from benchmarks.growth.__main__ import Found, fresh_copy, section
from benchmarks.load import Latencies, Pace, WrongAnswer
from benchmarks.refusals import of_one_let_in, of_one_refused
from benchmarks.report import median_of, table
from benchmarks.scale import HOUR, QUICK
from benchmarks.sections import doors, memory, stages, streams
from benchmarks.turns import rotated
from benchmarks.watching import Watcher


def figures(row):
    return {figure.name: figure.value for figure in row.figures}


def test_each_round_begins_with_another_subject_and_has_all_of_them():
    assert [rotated("abc", number) for number in range(4)] == [list("abc"), list("bca"), list("cab"), list("abc")]
    assert rotated([], 3) == []


def grown(rates, *, p50=0.01, mib=(1.0, 2.0, 3.0)):
    found = Found(fill_seconds=4.0)
    for rate, size in zip(rates, mib, strict=True):
        found.start_seconds.append(rate / 1000)
        found.rates.append(rate)
        found.latencies.append(Latencies([p50] * 100))
        found.lists.append(Latencies([p50 / 2] * 10))
        found.mib.append(size)
    return found


def test_growth_is_compared_within_each_round_and_shown_with_its_spread():
    empty, filled = section({0: grown([500, 1000, 800]), 1000: grown([400, 900, 800], p50=0.02)}).rows
    assert figures(filled)["x empty"] == pytest.approx(0.9)
    (ratio,) = [figure for figure in filled.figures if figure.name == "x empty"]
    assert (ratio.spread, ratio.aim.bound) == (pytest.approx((0.8, 1.0)), 0.9)
    assert [figure.aim for figure in empty.figures] == [None] * len(empty.figures)
    assert (figures(filled)["p50 ms"], figures(filled)["list p50 ms"], figures(filled)["of calls"]) == (20, 10, 300)


def test_growth_without_an_empty_store_says_what_it_is_compared_with():
    assert "x 1,000 stored" in table(section({10**5: grown([1, 1, 1]), 1000: grown([2, 2, 2])}))


def test_what_a_measurement_adds_is_not_there_for_the_next_one(tmp_path):
    filled = tmp_path / "1000"
    filled.mkdir(mode=0o700)
    (filled / "aion.db").write_text("as it was filled")
    for _ in range(2):
        with fresh_copy(filled) as data:
            assert (data / "aion.db").read_text() == "as it was filled"
            (data / "aion.db").write_text("and more")
            (data / "aion.db-wal").touch()
    assert [one.name for one in tmp_path.rglob("*")] == ["1000", "aion.db"]
    assert (filled / "aion.db").read_text() == "as it was filled"


def test_every_door_and_the_echo_are_measured_in_every_round_each_begun_with_another(monkeypatch):
    turns = []

    class Server:
        pid = 1

        def __enter__(self):
            return self

        def __exit__(self, *_):
            turns.append("door")

    def echo(_scale):
        turns.append("echo")
        return 1000.0 * turns.count("echo")

    paces = iter([Pace(float(rate), 99, 5.0) for rate in range(1, 100)])
    found = Latencies([0.001] * 10)
    monkeypatch.setattr(doors, "echo_rate", echo)
    monkeypatch.setattr(doors.servers, "aion", Server)
    monkeypatch.setattr(doors, "processor_seconds", lambda _: 0.0)
    monkeypatch.setattr(doors, "_measured", lambda *_: (next(paces), found))
    monkeypatch.setattr(doors, "_node", lambda *_: (next(paces), found))
    measured = doors.measure(HOUR)
    count = len(doors.DOORS) + 1
    assert (len(measured.rows), Counter(turns)) == (count, {"echo": 3, "door": 3 * count})
    assert len({turns[at : at + count + 1].index("echo") for at in range(0, len(turns), count + 1)}) == 3
    first = measured.rows[0]
    rates = first.figures[0]
    assert rates.spread[0] < rates.value < rates.spread[1]
    assert figures(first)["x echo"] == pytest.approx(rates.value / 2000)
    assert figures(first)["of calls"] == 30


def test_what_is_refused_costs_what_was_taken_less_what_was_let_in():
    assert of_one_let_in(0.4, Counter({400: 200})) == pytest.approx(0.002)
    assert of_one_refused(1.0, Counter({429: 1600, 400: 100}), 0.002) == pytest.approx(0.0005)
    assert of_one_refused(1.0, Counter({429: 2000}), 0.002) == pytest.approx(0.0005)


@pytest.mark.parametrize("answers", [{400: 9}, {429: 9, 503: 1}, {429: 9, 400: 1, 500: 1}, {}])
def test_answers_that_are_neither_let_in_nor_refused_give_no_figure(answers):
    with pytest.raises(WrongAnswer):
        of_one_refused(1.0, Counter(answers), 0.002)


@pytest.mark.parametrize("answers", [{429: 9}, {400: 9, 429: 1}, {202: 9}, {}])
def test_what_is_let_in_is_measured_only_where_all_are(answers):
    with pytest.raises(WrongAnswer):
        of_one_let_in(1.0, Counter(answers))


def watched(*arrived, ended=True):
    watcher = Watcher("task", "key", ended=ended)
    for offset, at in enumerate(arrived, start=1):
        watcher.token(offset, offset)
        watcher.arrived[-1] = at
    return watcher


def test_who_had_all_before_it_came_back_waits_for_nothing_and_is_counted_apart():
    second = 10**9
    back = [watched(second, 3 * second), watched(second, 5 * second), watched(second, second), watched()]
    row = streams._came_back("all", back, 2, 2 * second)
    assert figures(row) == {
        "arrived/s": pytest.approx(2 / 3),
        "first token p50 ms": pytest.approx(3000),
        "first token p99 ms": pytest.approx(3000),
        "had all before": 2,
        "lost, twice or out of order": 2,
    }


def test_when_all_had_all_before_nobody_waited_and_there_is_no_time():
    assert figures(streams._came_back("all", [watched(1, 2)], 2, 3)) == {
        "had all before": 1,
        "lost, twice or out of order": 0,
    }


def test_memory_is_named_by_the_tasks_that_came_before_it():
    looks = [memory.Look(180, 4, 3), memory.Look(240, 4, 12_003), memory.Look(274.8, 5, 46_803)]
    idle, steady, last = memory.rows(looks)
    assert [row.subject for row in (idle, steady, last)] == [
        "idle, just started",
        "after 12,000 tasks",
        "after 46,800 tasks",
    ]
    assert figures(steady) == {"MiB": 240, "processes": 4, "tasks": 12_000, "MiB grown a 1,000 tasks": 5}
    assert figures(last)["MiB grown a 1,000 tasks"] == pytest.approx(1)
    assert [figure.aim is not None for figure in idle.figures] == [True, False]


def test_memory_after_an_hours_tasks_is_looked_at_on_the_way_and_at_the_end():
    assert memory.goals(HOUR.memory_tasks) == [120_000, 240_000, 360_000, 480_000, 600_000, 720_000]
    assert memory.goals(QUICK.memory_tasks) == [0]


def test_of_the_stages_medians_are_of_each_figure_alone():
    rounds = [{"call": (1.0, 9.0, 3.0)}, {"call": (2.0, 8.0, 1.0)}, {"call": (9.0, 1.0, 2.0)}]
    assert stages._median(rounds, "call") == (2, 8, 2)


def test_a_median_is_shown_with_the_least_and_the_most():
    figure = median_of("calls/s", [3, 1, 2])
    assert (figure.value, figure.spread) == (2, (1, 3))


def test_a_single_round_has_no_spread():
    assert median_of("calls/s", [3]).spread is None
