"""Decisions on the wire: what is remembered of one is right for the next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aion.adapters.rpc import decision_messages
from aion.adapters.rpc.decision_messages import MOST_REMEMBERED, DecisionMessages, to_decision
from aion.domain.routing import Candidate, Decision, Route
from aion.v1 import decisions_pb2

NOW = datetime(2026, 3, 4, 5, 6, 7, 890_000, UTC)


def decided(engine: str = "module:says@1.0.0") -> Decision:
    """A decision as a decider makes it anew: with candidates of its own."""
    chosen = Candidate(engine, Route.LOCAL, (), "rank 1: local, free", 1, 0.5, 0, timedelta(milliseconds=3), weight=2)
    return Decision(engine, Route.LOCAL, "ai-router", "rank 1", (chosen,), "sha256:abc", NOW, digest_pinned=True)


def written(messages: DecisionMessages, decision: Decision) -> decisions_pb2.Decision:
    message = decisions_pb2.Decision()
    messages.write(decision, message)
    return message


def test_the_same_decision_at_another_time_differs_by_its_time_only():
    messages, first = DecisionMessages(), decided()
    later = first.at(NOW + timedelta(days=1, microseconds=1))
    assert later == replace(first, decide_time=NOW + timedelta(days=1, microseconds=1))
    for decision in (first, later, first):
        message = written(messages, decision)
        assert message == to_decision(decision)
        assert message.decide_time.ToDatetime(UTC) == decision.decide_time


def test_another_decision_over_the_same_candidates_is_not_taken_for_the_first():
    messages, first = DecisionMessages(), decided()
    other = replace(first, reason="pinned by the operator", chosen_by="policy-override", digest_pinned=False)
    for decision in (first, other, first):
        assert written(messages, decision) == to_decision(decision)


def test_a_decision_is_worked_out_once_and_not_too_many_are_remembered(monkeypatch):
    messages, worked_out, timeless = DecisionMessages(), [], decision_messages._timeless
    monkeypatch.setattr(decision_messages, "_timeless", lambda one: worked_out.append(one) or timeless(one))
    made = [decided(f"module:says@1.0.{number}") for number in range(MOST_REMEMBERED + 1)]
    for decision in (*made[:-1], *made[:-1]):
        written(messages, decision)
    assert len(worked_out) == MOST_REMEMBERED
    written(messages, made[-1])
    assert len(messages._known) == 1, "it begins anew"


def test_however_many_decisions_are_written_each_is_its_own():
    messages = DecisionMessages()
    for number in range(2 * MOST_REMEMBERED + 2):
        decision = decided(f"module:says@1.0.{number}")
        assert written(messages, decision).engine == decision.engine
