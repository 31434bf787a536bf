"""Weights: which of several engines a task gets, how often, and what stays when weights change."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aion.domain.drawing import drawn
from aion.domain.ranking import decide
from aion.domain.routing import Decision, EngineFacts, Privacy, Route, RoutingQuestion

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TASKS = [f"acme/task-{number}" for number in range(10_000)]
STABLE = EngineFacts("module:summarize@1.2.0", Route.LOCAL, preference=0, weight=90)
CANARY = EngineFacts("module:summarize@1.3.0", Route.LOCAL, preference=1, weight=10)
SPARE = EngineFacts("module:summarize@1.0.0", Route.LOCAL, preference=2, weight=0)
PLAIN = EngineFacts("module:shorten@1.0.0", Route.LOCAL, preference=3)
QUESTION = RoutingQuestion("summarize", Privacy.LOCAL_ONLY, lambda scope: True, timedelta(hours=1))


def ask(*engines: EngineFacts, draw: str = "", preferred: str = "", pinned: str = "") -> Decision:
    question = replace(QUESTION, draw=draw, preferred_engine=preferred, pinned_engine=pinned)
    return decide(engines, question, "v1", NOW)


def who_gets(engine: EngineFacts, *engines: EngineFacts) -> str:
    """A task for which this engine is drawn among these."""
    lots = {each.name: each.weight for each in engines if each.weight}
    return next(task for task in TASKS if drawn(lots, task) == engine.name)


@pytest.mark.parametrize("weights", [(90, 10), (1, 1), (1, 2, 3, 4), (999, 1), (7,)])
def test_each_engine_gets_tasks_in_proportion_to_its_weight(weights: tuple[int, ...]) -> None:
    lots = {f"module:m@1.{minor}.0": weight for minor, weight in enumerate(weights)}

    counts = Counter(drawn(lots, task) for task in TASKS)

    for name, weight in lots.items():
        share = weight / sum(weights)
        # Five standard deviations of a fair draw; the tasks are fixed, so that this never changes.
        bound = 5 * (len(TASKS) * share * (1 - share)) ** 0.5
        assert abs(counts[name] - len(TASKS) * share) <= bound


def test_a_task_draws_the_same_engine_each_time_and_in_whatever_order_they_come() -> None:
    lots = {"a": 1, "b": 2, "c": 3}
    backwards = dict(reversed(lots.items()))

    assert [drawn(lots, task) for task in TASKS[:100]] == [drawn(backwards, task) for task in TASKS[:100]]


def test_a_raised_weight_only_moves_tasks_to_its_engine() -> None:
    before, after = {"a": 50, "b": 40, "c": 10}, {"a": 50, "b": 40, "c": 30}

    moved = [(drawn(before, task), drawn(after, task)) for task in TASKS]

    assert {new for old, new in moved if old != new} == {"c"}


def test_a_removed_engine_only_moves_its_own_tasks() -> None:
    before, after = {"a": 50, "b": 40, "c": 10}, {"a": 50, "b": 40}

    assert all(drawn(after, task) == drawn(before, task) for task in TASKS if drawn(before, task) != "c")


def test_the_drawn_engine_comes_first_and_the_others_follow_in_their_order() -> None:
    task = who_gets(CANARY, STABLE, CANARY)

    decision = ask(PLAIN, SPARE, STABLE, CANARY, draw=task)

    assert [c.engine for c in decision.candidates] == [CANARY.name, STABLE.name, PLAIN.name, SPARE.name]
    assert [c.weight for c in decision.candidates] == [10, 90, None, 0]
    assert decision.reason.startswith("rank 1, drawn by weight 10 of 100: local")
    assert decision.candidates[1].reason.startswith("rank 2, weight 90 of 100: local")
    assert decision.chosen_by == "ai-router"
    assert [c.score for c in decision.candidates] == sorted(c.score for c in decision.candidates)


def test_what_has_no_weight_or_weight_0_runs_only_when_nothing_is_drawn() -> None:
    broken = [replace(engine, refusal="broken") for engine in (STABLE, CANARY)]

    for task in TASKS[:50]:
        assert ask(PLAIN, STABLE, CANARY, SPARE, draw=task).engine in {STABLE.name, CANARY.name}
    assert ask(*broken, SPARE, PLAIN).engine == PLAIN.name
    assert ask(*broken, SPARE).engine == SPARE.name


def test_only_the_eligible_are_drawn_and_share_all() -> None:
    decision = ask(replace(CANARY, refusal="broken"), STABLE, SPARE, draw=who_gets(CANARY, STABLE, CANARY))

    assert decision.engine == STABLE.name
    assert "drawn" not in decision.reason
    assert decision.reason.startswith("rank 1, weight 90: local"), "its weight is said all the same"


def test_a_preference_and_a_pin_win_over_the_draw() -> None:
    task = who_gets(STABLE, STABLE, CANARY)

    preferred = ask(STABLE, CANARY, draw=task, preferred=CANARY.name)
    pinned = ask(STABLE, CANARY, draw=task, preferred=STABLE.name, pinned=CANARY.name)
    spare = ask(STABLE, CANARY, SPARE, draw=task, preferred=SPARE.name)

    assert (preferred.engine, pinned.engine, spare.engine) == (CANARY.name, CANARY.name, SPARE.name)
    assert "as asked for, weight 10: local" in preferred.reason
    assert pinned.chosen_by == "policy-override"


def test_a_preference_that_means_several_versions_leaves_the_draw_among_them() -> None:
    task = who_gets(CANARY, STABLE, CANARY)

    assert ask(STABLE, CANARY, PLAIN, draw=task, preferred="module:summarize").engine == CANARY.name


@pytest.mark.parametrize("digest", [bytes(8), b"\xff" * 8], ids=["the lowest number", "the highest number"])
def test_each_number_that_a_digest_can_give_is_drawn_with(monkeypatch: pytest.MonkeyPatch, digest: bytes) -> None:
    class Always:
        def __init__(self, data: bytes, digest_size: int) -> None:
            self.data, self.digest_size = data, digest_size

        def digest(self) -> bytes:
            return digest

    monkeypatch.setattr("aion.domain.drawing.blake2b", Always)

    assert drawn({"b": 1, "a": 1}, "acme/task-1") == "a", "those that wait alike go by their names"
