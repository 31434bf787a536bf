"""The load that lasts, briefly: that it runs, and that its arithmetic says what it should."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks import servers
from benchmarks.soak.footprint import growth_percent
from benchmarks.soak.mixed import mixed
from benchmarks.soak.outcomes import LATE, Outcome, quantile_ms
from benchmarks.soak.promises import Findings, Promise, broken, document, table

MODULES = Path(__file__).resolve().parents[2] / "modules"


def call(due: float, took: float = 0.01, code: str = "OK", reason: str = "", *, hinted: bool = False) -> Outcome:
    return Outcome("submit", due, 0.0, took, code, reason, hinted)


@pytest.mark.slow
async def test_a_mixed_load_of_a_second_is_answered_well_and_leaves_nothing_behind(tmp_path):
    for name in ("redact", "summarize"):
        shutil.copytree(MODULES / name, tmp_path / name, ignore=shutil.ignore_patterns("target", "src", "tables"))
    found = await mixed(40, 1.0, timedelta(seconds=0.5), AION_MODULES_DIR=str(tmp_path))
    said = {one.says: one for one in found.promises}
    for says in (
        "calls that were not answered well",
        "accepted tasks that did not end",
        "tasks, calls and streams that still wait or run",
    ):
        assert said[says].measured == 0, table(found)
    assert any(one.says.startswith("accepted tasks (") and one.kept for one in found.promises)
    assert all(one.why_not for one in found.promises if "growth" in one.says)


@pytest.mark.parametrize(("values", "percent"), [([7, 7, 7, 7], 0), ([100, 101, 102, 103], 2.956), ([4, 2, 0], -200)])
def test_growth_is_that_of_the_line_through_the_samples(values, percent):
    times = [10.0 * number for number in range(len(values))]
    assert growth_percent(times, values) == pytest.approx(percent, abs=0.001)


def test_a_refusal_is_well_made_with_a_reason_and_a_hint_only():
    good = call(0, code="RESOURCE_EXHAUSTED", reason="OVERLOADED", hinted=True)
    assert good.well_refused
    assert not any(
        call(0, code=code, reason=reason, hinted=hinted).well_refused
        for code, reason, hinted in (
            ("RESOURCE_EXHAUSTED", "", True),
            ("RESOURCE_EXHAUSTED", "OVERLOADED", False),
            ("UNAVAILABLE", "DRAINING", True),
        )
    )
    assert "DEADLINE_EXCEEDED" in LATE


def test_a_broken_promise_is_named_and_one_that_cannot_be_judged_is_not():
    fine, bad = Promise("errors", 0, 0), Promise("served a second", 90, 100, "/s", at_least=True)
    unjudged = Promise("growth", 50, 1, "%", why_not="too short")
    findings = Findings("Part", "says", (fine, bad, unjudged))
    assert broken([findings]) == [bad]
    assert [line.split("|")[4].strip() for line in table(findings).splitlines() if line.startswith("| ")][1:] == [
        "kept",
        "BROKEN",
        "not judged: too short",
    ]
    assert [one["verdict"] for one in document({}, [findings])["parts"][0]["promises"]] == [
        "kept",
        "BROKEN",
        "not judged: too short",
    ]


def test_quantiles_are_of_what_is_there():
    assert quantile_ms([], 0.99) == 0
    assert quantile_ms([n / 1000 for n in range(100)], 0.99) == pytest.approx(99)


def test_a_part_may_set_what_every_server_of_a_benchmark_sets(monkeypatch):
    given = {}
    monkeypatch.setattr(servers, "served", lambda *command, **environment: given.update(environment))
    servers.aion(AION_RATE_PER_KEY="7/s,burst=7")
    assert given["AION_RATE_PER_KEY"] == "7/s,burst=7"
    assert given["AION_LOG_LEVEL"] == servers.SETTINGS["AION_LOG_LEVEL"]
