"""The benchmarks run: a section with tiny numbers, and a call through every door, so that they do not rot unseen."""

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import servers
from benchmarks.__main__ import main
from benchmarks.load import Latencies, closed_loop, open_loop
from benchmarks.scale import QUICK
from benchmarks.scraping import scrape, total
from benchmarks.sections import streams
from benchmarks.sections.doors import DOORS
from benchmarks.watching import Watcher

REDACT = Path(__file__).resolve().parents[2] / "modules" / "redact"
TINY = replace(QUICK, streams=2, stream_seconds=0.4)


@pytest.mark.slow
def test_the_streams_are_measured_and_nothing_of_them_is_lost():
    section = streams.measure(TINY)
    assert len(section.rows) == 6
    for row in section.rows:
        figures = {figure.name: figure.value for figure in row.figures}
        assert figures["lost, twice or out of order"] == 0
        if ": 2 streams" in row.subject:
            assert figures["written/s"] > 0
        else:  # on a busy machine the streams may have ended before anybody came back
            assert figures["had all before"] == 2 or figures["first token p99 ms"] > 0


@pytest.mark.slow
def test_every_door_is_measured(tmp_path):
    shutil.copytree(REDACT, tmp_path / "modules" / "redact", ignore=shutil.ignore_patterns("target"))
    with servers.aion(AION_MODULES_DIR=str(tmp_path / "modules"), AION_STAGE_PROFILE="on") as server:
        for number, door_of in enumerate(DOORS.values()):
            pace = asyncio.run(closed_loop(door_of(server), 2, 0.05))
            assert pace.per_second > 0
            assert pace.client_us > 0
            latencies = asyncio.run(open_loop(door_of(server), 50, 0.06, 2))
            assert len(latencies.seconds) == 3, list(DOORS)[number]
        seen = scrape(server)
        ended = total(seen, "aion_tasks_ended_total", state="OK")
        assert ended == total(seen, "aion_stage_seconds_count", stage="engine") > 6 * len(DOORS)


def test_a_section_that_is_not_there_is_refused_with_those_that_are(capsys):
    with pytest.raises(SystemExit):
        main(["--only", "submit,dors"])
    assert "no section dors; there are submit, doors, streams" in capsys.readouterr().err


def test_quantiles_are_of_what_was_kept():
    latencies = Latencies([number / 1000 for number in range(1, 101)])
    assert (latencies.quantile(0.5), latencies.quantile(0.99), latencies.quantile(1)) == (51, 100, 100)


@pytest.mark.parametrize(
    ("tokens", "missed"),
    [
        ([(3, 30), (4, 40)], 0),
        ([(3, 30)], 1),
        ([(3, 30), (4, 20)], 1),
        ([(3, 30), (3, 30), (4, 40)], 3),
        ([(4, 40), (3, 30)], 2),
        ([(1, 10), (2, 20)], 2),
    ],
    ids=["whole", "one lost", "an older one", "one twice", "out of order", "from the beginning again"],
)
def test_a_watcher_that_comes_back_after_2_of_4_notices_whatever_is_wrong(tokens, missed):
    watcher = Watcher("task", "key", 2, ended=True)
    for offset, written in tokens:
        watcher.token(offset, written)
    assert watcher.missed(4) == missed
