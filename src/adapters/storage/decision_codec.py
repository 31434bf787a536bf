"""Decisions of the router in a task's row, and back.

The candidates have a column of their own: lists leave them out.
"""

from typing import Any

import orjson

from aion.adapters.storage.json_columns import dump
from aion.adapters.storage.times import from_us, span_or_none
from aion.domain.routing import Candidate, Decision, Refusal, RefusalReason, Route

_MOST_ENCODED = 1_000
_encoded_candidates: dict[int, tuple[tuple[Candidate, ...], str]] = {}


def encode_verdict(decision: Decision) -> str:
    """What was decided, and why: all of it but the candidates."""
    document = {
        "engine": decision.engine,
        "route": decision.route,
        "chosen_by": decision.chosen_by,
        "reason": decision.reason,
        "policy_version": decision.policy_version,
        "decide_time": decision.decide_time,
        "engine_digest": decision.engine_digest,
        "digest_pinned": decision.digest_pinned,
        "client_pinned": decision.client_pinned,
    }
    return dump(document)


def encode_candidates(candidates: tuple[Candidate, ...]) -> str:
    """The router decides like requests alike, so that the very same tuple comes with many tasks."""
    known = _encoded_candidates.get(id(candidates))
    if known is not None and known[0] is candidates:
        return known[1]
    document = dump(candidates)
    if len(_encoded_candidates) >= _MOST_ENCODED:
        _encoded_candidates.clear()
    _encoded_candidates[id(candidates)] = (candidates, document)
    return document


def decode_decision(verdict: str, candidates: str) -> Decision:
    """The decision of these two columns."""
    document = orjson.loads(verdict)
    return Decision(
        engine=document["engine"],
        route=Route(document["route"]),
        chosen_by=document["chosen_by"],
        reason=document["reason"],
        candidates=tuple(_candidate(candidate) for candidate in orjson.loads(candidates)),
        policy_version=document["policy_version"],
        decide_time=from_us(document["decide_time"]),
        engine_digest=document.get("engine_digest", ""),  # rows of 0.1 have neither
        digest_pinned=document.get("digest_pinned", False),
        client_pinned=document.get("client_pinned", False),
    )


def _candidate(document: dict[str, Any]) -> Candidate:
    return Candidate(
        engine=document["engine"],
        route=Route(document["route"]),
        refusals=tuple(
            Refusal(RefusalReason(refusal["reason"]), refusal["message"]) for refusal in document["refusals"]
        ),
        reason=document["reason"],
        rank=document["rank"],
        score=document["score"],
        expected_cost_micros=document["expected_cost_micros"],
        expected_latency=span_or_none(document["expected_latency"]),
        digest=document.get("digest", ""),
        weight=document.get("weight"),
    )
