from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aion.domain.ranking import decide, lots
from aion.domain.routing import Decision, EngineFacts, Privacy, Route, RoutingQuestion

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)

OLD = EngineFacts("module:summarize@1.0.0", Route.LOCAL)
NEW = EngineFacts("module:summarize@1.1.0", Route.LOCAL)
API = EngineFacts("model:gpt-x", Route.API, cost_micros=1500, p95=5 * MILLISECOND)

QUESTION = RoutingQuestion("summarize", Privacy.ALLOW_API, lambda scope: True, timedelta(hours=2))


def ask(*engines: EngineFacts, question: RoutingQuestion = QUESTION) -> Decision:
    return decide(engines, question, "v1", NOW)


def ranking(*engines: EngineFacts, question: RoutingQuestion = QUESTION) -> list[str]:
    candidates = ask(*engines, question=question).candidates
    assert [candidate.rank for candidate in candidates] == list(range(1, len(engines) + 1))
    assert [candidate.score for candidate in candidates] == sorted(candidate.score for candidate in candidates)
    return [candidate.engine for candidate in candidates]


def test_a_pin_beats_a_preference_and_a_preference_the_operators_order() -> None:
    first, second, third = replace(OLD, preference=0), replace(NEW, preference=1), replace(API, preference=2)
    preferring = replace(QUESTION, preferred_engine=second.name)

    assert ranking(third, second, first) == [first.name, second.name, third.name]
    assert ranking(third, second, first, question=preferring) == [second.name, first.name, third.name]
    pinned = replace(preferring, pinned_engine=third.name)
    assert ranking(third, second, first, question=pinned) == [third.name, second.name, first.name]


def test_the_operators_order_beats_any_cost_and_latency() -> None:
    dear = replace(API, preference=0, cost_micros=10**12, p95=timedelta(hours=1))

    assert ranking(dear, replace(OLD, preference=1)) == [dear.name, OLD.name]


def test_the_last_place_of_the_operators_order_beats_what_only_stands_in() -> None:
    last = replace(API, preference=10**6, cost_micros=10**12)

    assert ranking(replace(OLD, weight=0), last) == [last.name, OLD.name]


def test_local_comes_before_remote_however_slow_it_is() -> None:
    assert ranking(API, replace(OLD, p95=timedelta(hours=1))) == [OLD.name, API.name]


def test_side_by_side_the_cheaper_and_the_faster_come_first() -> None:
    assert ranking(replace(OLD, p95=9 * MILLISECOND), replace(NEW, p95=8 * MILLISECOND)) == [NEW.name, OLD.name]
    assert ranking(API, replace(API, name="model:y", cost_micros=1499)) == ["model:y", API.name]


def test_beyond_what_the_score_tells_apart_the_cheaper_still_comes_first() -> None:
    assert ranking(replace(API, cost_micros=9_000_000), replace(API, name="model:y", cost_micros=8_000_000)) == [
        "model:y",
        API.name,
    ]


def test_what_is_equal_stands_by_name() -> None:
    assert ranking(NEW, OLD) == [OLD.name, NEW.name]


def test_a_name_without_a_version_means_any_of_its_versions() -> None:
    question = replace(QUESTION, preferred_engine="module:summarize")
    other = EngineFacts("module:aaa@1.0.0", Route.LOCAL)

    assert ranking(other, NEW, question=question) == [NEW.name, other.name]


def test_only_a_pin_that_was_followed_is_called_a_policy_override() -> None:
    question = replace(QUESTION, pinned_engine=NEW.name)

    followed = ask(OLD, NEW, question=question)
    assert (followed.engine, followed.chosen_by) == (NEW.name, "policy-override")
    assert "as policy pins it" in followed.reason

    refused = ask(OLD, replace(NEW, refusal="broken"), question=question)
    assert (refused.engine, refused.chosen_by) == (OLD.name, "ai-router")
    assert "the pinned module:summarize@1.1.0 was refused" in refused.reason


def test_the_reason_says_what_became_of_a_preference() -> None:
    def reason(preferred: str, *engines: EngineFacts) -> str:
        return ask(*engines, question=replace(QUESTION, preferred_engine=preferred)).reason

    assert "rank 1 as asked for" in reason(NEW.name, OLD, NEW)
    assert "the preferred module:summarize@1.1.0 was refused" in reason(NEW.name, OLD, replace(NEW, installed=False))
    assert "the preferred model:typo is not an engine of summarize" in reason("model:typo", OLD, NEW)


def test_a_preference_that_only_a_pin_kept_from_the_first_rank_is_called_neither_refused_nor_unknown() -> None:
    question = replace(QUESTION, pinned_engine=OLD.name, preferred_engine=NEW.name)

    assert "preferred" not in ask(OLD, NEW, question=question).reason


def test_a_reason_gives_route_cost_latency_and_how_many_were_eligible() -> None:
    assert ask(OLD, replace(NEW, refusal="broken")).reason == (
        "rank 1: local, free, latency unknown: fewer than 20 attempts ended OK in the last 5 minutes; "
        "1 of 2 candidates eligible"
    )
    assert ask(API).reason == "rank 1: api, 1500 micro-dollars, p95 5 ms; 1 of 1 candidates eligible"


def test_among_no_engines_there_is_none_to_draw() -> None:
    assert lots([], QUESTION) == {}
