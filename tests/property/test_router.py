"""What must hold of every decision, whatever the engines and the question."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aion.domain.errors import NoEligibleEngine
from aion.domain.gates import GATES
from aion.domain.ranking import decide
from aion.domain.routing import Decision, EngineFacts, Privacy, Route, RoutingQuestion, digest_of, is_named

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SCOPES = ("models:use", "models:large")
DIGESTS = [f"sha256:{digit * 64}" for digit in "ab"]

latencies = st.integers(1, 5_000).map(lambda ms: timedelta(milliseconds=ms))
money = st.integers(0, 2_000_000)
names = st.sampled_from(
    ["module:a@1.0.0", "module:a@1.1.0", "module:b@2.0.0", "model:x", "model:y", "model:z", "module:c@0.1.0"]
)
engines = st.builds(
    EngineFacts,
    name=names,
    route=st.sampled_from(Route),
    installed=st.sampled_from([True, True, True, False]),
    refusal=st.sampled_from(["", "", "", "it is broken"]),
    required_scope=st.sampled_from(["", "", *SCOPES]),
    p95=st.none() | latencies,
    minimum_time=latencies,
    cost_micros=money,
    preference=st.integers(0, 5),
    digest=st.sampled_from(["", *DIGESTS]),
    weight=st.none() | st.integers(0, 3),
)
pins = st.sampled_from([f"module:a@{digest}" for digest in DIGESTS])
candidate_lists = st.lists(engines, max_size=7, unique_by=lambda engine: engine.name)


@st.composite
def questions(draw: st.DrawFn) -> RoutingQuestion:
    held = draw(st.sets(st.sampled_from(SCOPES)))
    return RoutingQuestion(
        intent="summarize",
        privacy=draw(st.sampled_from(Privacy)),
        may=held.__contains__,
        time_left=draw(latencies),
        budget_micros=draw(st.none() | money),
        promised_p95=draw(st.none() | latencies),
        preferred_engine=draw(st.just("") | names | st.just("module:a") | pins),
        pinned_engine=draw(st.just("") | names | st.just("module:a") | pins),
        draw=draw(st.sampled_from(["t/1", "t/2", "t/3"])),
    )


def answer(found: list[EngineFacts], question: RoutingQuestion) -> Decision | None:
    try:
        return decide(found, question, "v1", NOW)
    except NoEligibleEngine:
        return None


def eligible(found: list[EngineFacts], question: RoutingQuestion) -> set[str]:
    decision = answer(found, question)
    return {candidate.engine for candidate in decision.candidates if candidate.eligible} if decision else set()


@given(candidate_lists, questions())
def test_the_chosen_engine_was_refused_by_no_gate(found: list[EngineFacts], question: RoutingQuestion) -> None:
    passing = [engine for engine in found if not any(gate(engine, question) for gate in GATES)]

    decision = answer(found, question)

    assert (decision is None) is (not passing)
    if decision is not None:
        assert decision.engine in {engine.name for engine in passing}


@given(candidate_lists, questions(), st.randoms(use_true_random=False))
def test_the_same_question_has_the_same_answer_in_whatever_order_candidates_come(
    found: list[EngineFacts], question: RoutingQuestion, random: object
) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)

    assert answer(shuffled, question) == answer(found, question)


@given(candidate_lists, questions(), st.randoms(use_true_random=False))
def test_a_refusal_of_all_is_the_same_in_whatever_order_candidates_come(
    found: list[EngineFacts], question: RoutingQuestion, random: object
) -> None:
    broken = [replace(engine, installed=False) for engine in found]
    shuffled = list(broken)
    random.shuffle(shuffled)

    messages = []
    for order in (broken, shuffled):
        try:
            decide(order, question, "v1", NOW)
        except NoEligibleEngine as refusal:
            messages.append((refusal.message, refusal.violations, list(refusal.facts.items())))

    assert len(messages) == 2
    assert messages[0] == messages[1]


@given(candidate_lists, questions())
def test_every_candidate_is_listed_once_with_a_reason_and_only_the_eligible_have_ranks(
    found: list[EngineFacts], question: RoutingQuestion
) -> None:
    decision = answer(found, question)
    if decision is None:
        return

    assert sorted(candidate.engine for candidate in decision.candidates) == sorted(engine.name for engine in found)
    assert all(candidate.reason for candidate in decision.candidates)
    ranked = [candidate for candidate in decision.candidates if candidate.eligible]
    assert [candidate.rank for candidate in ranked] == list(range(1, len(ranked) + 1))
    assert [candidate.score for candidate in ranked] == sorted(candidate.score for candidate in ranked)
    assert all(candidate.rank == 0 for candidate in decision.candidates if not candidate.eligible)


@given(candidate_lists, questions(), latencies, latencies, money)
def test_a_stricter_question_never_adds_a_candidate(
    found: list[EngineFacts], question: RoutingQuestion, less: timedelta, promise: timedelta, budget: int
) -> None:
    before = eligible(found, question)
    stricter = [
        replace(question, privacy=Privacy.LOCAL_ONLY),
        replace(question, may=lambda scope: False),
        replace(question, time_left=min(question.time_left, less)),
        replace(
            question,
            budget_micros=min(budget, question.budget_micros or 0) if question.budget_micros is not None else budget,
        ),
        replace(question, promised_p95=min(promise, question.promised_p95 or promise)),
    ]

    for narrowed in stricter:
        assert eligible(found, narrowed) <= before


@given(candidate_lists, questions())
def test_wishes_and_pins_reorder_but_never_change_who_is_eligible(
    found: list[EngineFacts], question: RoutingQuestion
) -> None:
    if digest_of(question.preferred_engine) or digest_of(question.pinned_engine):
        return
    assert eligible(found, question) == eligible(found, replace(question, preferred_engine="", pinned_engine=""))


@given(candidate_lists, questions(), pins)
def test_a_pin_to_bytes_leaves_just_those_that_have_them(
    found: list[EngineFacts], question: RoutingQuestion, pin: str
) -> None:
    question = replace(question, preferred_engine="", pinned_engine="")
    having = {engine.name for engine in found if is_named(engine.name, pin, engine.digest)}

    assert eligible(found, replace(question, preferred_engine=pin)) == eligible(found, question) & having


@given(candidate_lists, questions())
def test_the_draw_never_changes_who_is_eligible_and_its_winner_has_a_weight(
    found: list[EngineFacts], question: RoutingQuestion
) -> None:
    decision, without = answer(found, question), [replace(engine, weight=None) for engine in found]

    assert eligible(found, question) == eligible(without, question)
    if decision is not None and "drawn by weight" in decision.reason:
        assert decision.candidates[0].weight


@given(candidate_lists, questions())
def test_data_of_a_local_only_task_never_leaves(found: list[EngineFacts], question: RoutingQuestion) -> None:
    decision = answer(found, replace(question, privacy=Privacy.LOCAL_ONLY))

    assert decision is None or decision.route is Route.LOCAL
