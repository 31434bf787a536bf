"""What the load that lasts makes of outcomes that are made up here: each promise is broken by what it is there to see,
and by nothing else.
"""

import json
import math

import pytest

from aion.v1 import lifecycle_pb2
from benchmarks.soak import __main__ as command
from benchmarks.soak import mixed, noisy
from benchmarks.soak.aftermath import Aftermath
from benchmarks.soak.aftermath import judged as left_behind
from benchmarks.soak.burst_judgement import LEAD, TAIL, Load, Size, judged, recovered_after
from benchmarks.soak.footprint import Sample
from benchmarks.soak.outcomes import Outcome
from benchmarks.soak.promises import Findings, Promise, broken, unjudged
from benchmarks.soak.rest_clients import Made

REFUSAL = ("RESOURCE_EXHAUSTED", "OVERLOADED")
NOTHING_LEFT = Aftermath(accepted=5, gone=0, open=0, waiting=0, seconds=0.1)
BURST = Size(rate=10, extra=30, seconds=10)
END = LEAD + BURST.seconds


def call(due, took=0.01, code="OK", reason="", *, hinted=True, lag=0.0):
    return Outcome("submit", due, lag, took, code, reason, hinted and bool(reason))


def steady(rate, begin, end, **how):
    """Calls at a rate, from one time to another."""
    return [call(begin + number / rate, **how) for number in range(round(rate * (end - begin)))]


def load_of(*, base=(), rest=(), grpc=(), others=(), lag=0.0):
    """A burst in which all that is promised is kept, and these calls besides."""
    return Load(
        base=[*steady(10, 0, END + TAIL, lag=lag), *base],
        over_rest=Made(outcomes=[*steady(20, LEAD, END, code=REFUSAL[0], reason=REFUSAL[1], lag=lag), *rest]),
        over_grpc=[*steady(10, LEAD, END, code=REFUSAL[0], reason=REFUSAL[1], lag=lag), *grpc],
        others=[*steady(20, 0, END + TAIL, lag=lag), *others],
    )


def seen(findings):
    """What each promise that is broken was measured as."""
    return {one.says: one.measured for one in broken([findings])}


def judged_burst(left=NOTHING_LEFT, **load):
    return judged(load_of(**load), left, BURST, floor=3000)


DURING = LEAD + 5
UNHINTED = call(DURING, code=REFUSAL[0], reason=REFUSAL[1], hinted=False)
REFUSED = call(DURING, code=REFUSAL[0], reason=REFUSAL[1])
IN_GRPC_WORDS = call(DURING, code="RESOURCE_EXHAUSTED")
TIMED_OUT = call(DURING, took=10, code="DEADLINE_EXCEEDED")
NOT_ENDED = call(DURING, took=10, code="NOT ENDED")
SLOW = [call(DURING, took=0.2, code=REFUSAL[0], reason=REFUSAL[1])]


def test_a_burst_in_which_all_is_kept_breaks_nothing_and_leaves_nothing_open():
    findings = judged_burst()
    assert (seen(findings), unjudged([findings])) == ({}, [])


@pytest.mark.parametrize("door", ["base", "rest", "grpc", "others"])
@pytest.mark.parametrize("odd", [UNHINTED, IN_GRPC_WORDS, call(DURING, code="WRONG ANSWER")], ids=lambda one: one.code)
def test_a_call_that_is_refused_without_a_hint_or_fails_otherwise_is_counted_at_every_door(door, odd):
    assert seen(judged_burst(**{door: [odd, odd]}))["refusals without type or hint, and other failures"] == 2


@pytest.mark.parametrize("door", ["base", "rest", "grpc", "others"])
def test_a_call_that_runs_out_of_time_is_counted_at_every_door(door):
    assert seen(judged_burst(**{door: [TIMED_OUT, NOT_ENDED]})) == {"calls that ran out of time": 2}


def test_every_refusal_of_the_other_tenant_is_counted_and_those_of_the_bursting_one_are_not():
    assert seen(judged_burst(others=[REFUSED, REFUSED])) == {"refused calls of the other tenant": 2}
    assert seen(judged_burst(base=[REFUSED, REFUSED])) == {}


@pytest.mark.parametrize(
    ("door", "says", "calls"),
    [("rest", "p99 of refusals over REST", 200), ("grpc", "p99 of refusals over gRPC", 100)],
)
def test_refusals_are_judged_by_their_slowest_hundredth_at_the_door_where_they_came(door, says, calls):
    enough = SLOW * (calls // 99 + 1)
    assert seen(judged_burst(**{door: enough})) == {f"{says}, from due time": pytest.approx(200)}
    assert seen(judged_burst(**{door: enough[1:]})) == {}


def test_only_good_calls_of_the_burst_itself_count_as_served():
    few = load_of()
    few.base = [one for one in few.base if not LEAD <= one.due < END]
    few.others = [one for one in few.others if not LEAD + 4 <= one.due < END]
    assert seen(judged(few, NOTHING_LEFT, BURST, floor=3000)) == {"good calls a second meanwhile": 8}


def test_late_clients_break_their_own_promise_and_leave_the_servers_times_open():
    findings = judged_burst(lag=0.1)
    assert list(seen(findings)) == ["calls sent within 20 ms of their due time, meanwhile"]
    assert [one.says for one in unjudged([findings])] == [
        "calls that ran out of time",
        "p99 of refusals over REST, from due time",
        "p99 of refusals over gRPC, from due time",
        "good calls a second meanwhile",
        "seconds until p99 is below 100 ms again",
    ]


def test_what_a_burst_leaves_behind_breaks_its_promises():
    assert list(seen(judged_burst(Aftermath(9, gone=1, open=2, waiting=3, seconds=60))).values()) == [1, 2, 3]


def test_a_load_has_recovered_where_each_five_seconds_from_then_on_are_fast():
    fast = steady(220, END, END + TAIL)
    assert recovered_after(fast, END) == 0
    assert recovered_after([*fast, *steady(220, END, END + 0.3, code=REFUSAL[0])], END) == 1
    assert recovered_after([*fast, *steady(220, END + 3.5, END + 3.8, took=0.2)], END) == 4
    assert recovered_after([*fast, *steady(220, END + 20, END + 20.3, took=0.2)], END) == 21
    assert recovered_after([*fast, *steady(220, END + 20, END + 20.02, took=0.2)], END) == 0


def test_a_load_that_is_slow_at_the_end_or_of_which_nothing_is_known_has_never_recovered():
    fast = steady(220, END, END + TAIL)
    assert recovered_after([], END) == math.inf
    assert recovered_after(fast[: len(fast) // 2], END) == math.inf
    assert recovered_after([*fast, *steady(220, END + TAIL - 0.3, END + TAIL, took=0.2)], END) == math.inf
    assert seen(judged_burst(base=steady(220, END + TAIL - 1, END + TAIL, took=0.2))) == {
        "seconds until p99 is below 100 ms again": math.inf
    }


@pytest.mark.parametrize("tenant", ["base", "others"])
def test_all_is_as_before_only_when_it_is_for_both_tenants(tenant):
    slow = steady(220, END + 20, END + 20.3, took=0.2)
    assert seen(judged_burst(**{tenant: slow})) == {"seconds until p99 is below 100 ms again": 21}


def test_tasks_that_are_not_there_and_tasks_that_did_not_end_are_counted_for_every_client():
    ended, pending, running = (getattr(lifecycle_pb2, f"TASK_STATE_{one}") for one in ("OK", "PENDING", "RUNNING"))
    left = left_behind([(["a", "b", "c"], {"a": ended, "b": pending}), (["d", "e"], {"d": running})], 7, 0.5)
    assert left == Aftermath(accepted=5, gone=2, open=2, waiting=7, seconds=0.5)
    assert [(one.measured, one.broken) for one in left.promises] == [(2, True), (2, True), (7, True)]
    assert not any(one.broken for one in left_behind([(["a"], {"a": ended})], 0, 0.5).promises)


def mixed_of(outcomes=(), *, took=1000.0, seconds=1000, **grows):
    """A mixed load of a call a second that keeps its promises, and these calls besides."""
    level = {"memory": 200.0, "files": 100.0, "threads": 50.0}
    samples = [
        Sample(float(at), **{name: value * (1 + grows.get(name, 0) * at / 1000) for name, value in level.items()})
        for at in range(0, 1001, 10)
    ]
    return mixed.judged([*steady(1, 0, 1000), *outcomes], took, samples, NOTHING_LEFT, mixed.Size(1, seconds))


def test_a_mixed_load_in_which_all_is_kept_breaks_nothing():
    assert (seen(mixed_of()), unjudged([mixed_of()])) == ({}, [])


@pytest.mark.parametrize("bad", [REFUSED, TIMED_OUT, call(1, code="WRONG ANSWER")], ids=lambda one: one.code)
def test_of_a_mixed_load_every_call_is_answered_well(bad):
    assert seen(mixed_of([bad, bad])) == {"calls that were not answered well": 2}


def test_a_mixed_load_is_judged_by_its_slowest_hundredth_and_by_how_many_it_answers():
    assert seen(mixed_of([call(1, took=0.2)] * 11)) == {"p99 of all calls from due time": pytest.approx(200)}
    assert seen(mixed_of([call(1, took=0.2)] * 9)) == {}
    assert seen(mixed_of(took=1020)) == {"calls answered a second": pytest.approx(0.98, abs=0.001)}


@pytest.mark.parametrize(
    ("grows", "says"),
    [("memory", "memory (PSS of all processes)"), ("files", "open files"), ("threads", "threads")],
)
def test_what_grows_is_named_and_nothing_else(grows, says):
    assert list(seen(mixed_of(**{grows: 0.02}))) == [f"growth of {says} once settled"]


def test_memory_is_told_by_the_minute_so_that_late_growth_is_seen():
    (told,) = [line for line in mixed_of(memory=0.5).facts if "each minute" in line]
    assert "minute: 200, 206, 212, 218, " in told
    assert told.endswith(", 296 MiB.")


def test_growth_over_too_short_a_time_is_left_open():
    findings = mixed_of(seconds=599, memory=0.5)
    assert [one.says.split()[0] for one in unjudged([findings])] == ["growth"] * 3


def noisy_of(*, quiet=(), share=0.020, ten=0.020, loud=(), served=310):
    """Two rounds of ten seconds: what the quiet tenant's calls took, and what the loud one got of each round."""
    alone, within, beyond = noisy.Beside(0), noisy.Beside(27), noisy.Beside(300)
    alone.quiet = steady(20, 0, 20)
    within.quiet, beyond.quiet = [*steady(20, 0, 20, took=share), *quiet], steady(20, 0, 20, took=ten)
    within.noisy = steady(27, 0, 20)
    beyond.noisy = [*[call(1)] * (2 * served), *[REFUSED] * 100, *loud]
    return noisy.judged(alone, within, beyond, 10, 2)


def test_beside_a_noisy_tenant_that_is_held_to_its_quota_all_is_kept():
    assert seen(noisy_of()) == {}


def test_the_quiet_tenants_slowest_hundredth_and_not_its_median_may_grow_by_a_fifth():
    says = "growth of the quiet tenant's p99 when its neighbour turns noisy"
    assert seen(noisy_of(ten=0.030)) == {says: pytest.approx(50)}
    assert seen(noisy_of(ten=0.023)) == seen(noisy_of(share=0.030)) == {}
    assert seen(noisy_of(quiet=[call(1, took=0.010)] * 500, ten=0.023)) == {}


@pytest.mark.parametrize("nothing_good", ["share", "ten"])
def test_a_quiet_tenant_that_is_never_answered_well_breaks_every_promise_of_its_own(nothing_good):
    beside = {"share": noisy.Beside(27), "ten": noisy.Beside(300, noisy=[call(1)] * 620)}
    for name, one in beside.items():
        one.quiet = steady(20, 0, 20, code="UNAVAILABLE" if name == nothing_good else "OK")
    findings = noisy.judged(noisy.Beside(0), beside["share"], beside["ten"], 10, 2)
    assert list(seen(findings).values()) == [math.inf, 400]


def test_a_quiet_tenants_call_that_is_refused_is_not_answered_well():
    assert seen(noisy_of(quiet=[REFUSED])) == {"the quiet tenant's calls that were not answered well": 1}


@pytest.mark.parametrize("served", [280, 340])
def test_a_noisy_tenant_gets_neither_less_nor_more_than_its_quota(served):
    assert list(seen(noisy_of(served=served))) == ["the noisy tenant's served calls, from its quota"]


def test_the_noisy_tenants_refusals_have_a_hint_too():
    says = "the noisy tenant's refusals without type or hint, and other failures"
    assert seen(noisy_of(loud=[UNHINTED, TIMED_OUT])) == {says: 2}


FINE, BAD = Promise("errors", 0, 0), Promise("seconds", math.inf, 10)
OPEN = Promise("growth", 0, 1, "%", why_not="too short")


@pytest.mark.parametrize(
    ("promises", "code", "said"),
    [
        ((FINE,), 0, "Every promise is kept."),
        ((FINE, BAD), 1, "Broken:\n- seconds: inf"),
        ((FINE, OPEN), 2, "Not judged:\n- growth: too short"),
        ((BAD, OPEN), 2, "Broken:\n- seconds: inf"),
    ],
)
def test_a_run_ends_well_only_when_every_promise_was_judged_and_is_kept(
    promises, code, said, monkeypatch, capsys, tmp_path
):
    async def part(_given):
        return Findings("Part", "says", promises)

    monkeypatch.setattr(command, "PARTS", {"mixed": part})
    monkeypatch.setattr("benchmarks.machine.facts", dict)
    assert command.main(["--only", "mixed", "--json", str(tmp_path / "report.json")]) == code
    printed = capsys.readouterr().out
    assert said in printed
    assert ("Every promise is kept." in printed) is (code == 0)
    written = json.loads((tmp_path / "report.json").read_text(), parse_constant=pytest.fail)
    assert [one["measured"] for one in written["parts"][0]["promises"]] == [
        None if math.isinf(one.measured) else one.measured for one in promises
    ]
