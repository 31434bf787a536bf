"""Decisions as the contract's messages.

Most tasks have the decision of one before, at another time (`Decision.at`), and every answer shows it with all its
candidates: so what one looks like on the wire is remembered, by its candidates.
"""

from datetime import timedelta
from typing import Final

from aion.adapters.rpc.time_messages import set_time
from aion.domain.routing import Candidate, Decision
from aion.v1 import decisions_pb2

MOST_REMEMBERED: Final = 256
_MILLISECOND: Final = timedelta(milliseconds=1)


class DecisionMessages:
    """Writes decisions into messages."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Decision, bytes]] = {}

    def write(self, decision: Decision, into: decisions_pb2.Decision) -> None:
        """Makes an empty message this decision, with every candidate."""
        into.ParseFromString(self._encoded(decision))
        set_time(into.decide_time, decision.decide_time)

    def _encoded(self, decision: Decision) -> bytes:
        """All of it but its time."""
        known = self._known.get(id(decision.candidates))
        if known is not None and known[0].at(decision.decide_time) == decision:
            return known[1]
        encoded = _timeless(decision).SerializeToString()
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        # The decision is kept, too: as long as it is, no other candidates have this identity.
        self._known[id(decision.candidates)] = (decision, encoded)
        return encoded


def to_decision(decision: Decision) -> decisions_pb2.Decision:
    """The decision with every candidate."""
    message = _timeless(decision)
    set_time(message.decide_time, decision.decide_time)
    return message


def _timeless(decision: Decision) -> decisions_pb2.Decision:
    return decisions_pb2.Decision(
        engine=decision.engine,
        route=decision.route.value,
        chosen_by=decision.chosen_by,
        reason=decision.reason,
        candidates=[_candidate(candidate) for candidate in decision.candidates],
        policy_version=decision.policy_version,
        engine_digest=decision.engine_digest,
        digest_pinned=decision.digest_pinned,
    )


def _candidate(candidate: Candidate) -> decisions_pb2.Candidate:
    return decisions_pb2.Candidate(
        engine=candidate.engine,
        route=candidate.route.value,
        eligible=candidate.eligible,
        refusals=[
            decisions_pb2.Refusal(reason=decisions_pb2.RefusalReason.ValueType(refusal.reason), message=refusal.message)
            for refusal in candidate.refusals
        ],
        rank=candidate.rank,
        score=candidate.score,
        expected_cost_micros=candidate.expected_cost_micros,
        expected_latency_ms=round((candidate.expected_latency or timedelta()) / _MILLISECOND),
        reason=candidate.reason,
        digest=candidate.digest,
        weight=candidate.weight,
    )
