"""What became of each call, and what can be said of many of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

OK = "OK"
WRONG = "WRONG ANSWER"
NOT_ENDED = "NOT ENDED"
REFUSED = "RESOURCE_EXHAUSTED"
LATE = frozenset({"DEADLINE_EXCEEDED", NOT_ENDED})


@dataclass(frozen=True, slots=True)
class Outcome:
    """One call. Times are in seconds: `due` from the start of the load, `lag` from due to sent, `took` from due to the
    end. `reason` and `hinted` are those of a refusal by AION; whatever else went wrong has `said` something.
    """

    kind: str
    due: float
    lag: float
    took: float
    code: str = OK
    reason: str = ""
    hinted: bool = False
    said: str = ""

    @property
    def good(self) -> bool:
        """Answered, and rightly."""
        return self.code == OK

    @property
    def well_refused(self) -> bool:
        """Refused as semantics 6.2 has it: the right code, a reason of AION, and a hint when to come back."""
        return self.code == REFUSED and bool(self.reason) and self.hinted


def quantile_ms(seconds: Iterable[float], share: float) -> float:
    """Milliseconds that `share` of them kept; 0 when there are none."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def latency_ms(outcomes: Iterable[Outcome], share: float) -> float:
    """Of good calls, from due to answered."""
    return quantile_ms((one.took for one in outcomes if one.good), share)


def by_code(outcomes: Iterable[Outcome]) -> str:
    """How many ended how, the most frequent first."""
    counts = Counter(" ".join(filter(None, (one.code, one.reason, one.said))) for one in outcomes)
    return ", ".join(f"{count} {name}" for name, count in counts.most_common()) or "none"


def latency_words(outcomes: Sequence[Outcome]) -> str:
    """Quantiles by kind of call, in a line each."""
    kinds = sorted({one.kind for one in outcomes})
    shares = (0.5, 0.99, 0.999)
    lines = []
    for kind in kinds:
        of_kind = [one for one in outcomes if one.kind == kind and one.good]
        figures = " / ".join(f"{latency_ms(of_kind, share):.1f}" for share in shares)
        lines.append(f"- {kind}: {len(of_kind)} good calls, p50 / p99 / p99.9 {figures} ms from due time")
    return "\n".join(lines)


def generator_words(outcomes: Sequence[Outcome]) -> str:
    """Whether the generator kept up: how late it was with its own calls."""
    lags = [one.lag for one in outcomes]
    p50, p99, most = (quantile_ms(lags, share) for share in (0.5, 0.99, 1.0))
    return f"Generator: {len(lags)} calls, sent late by p50 {p50:.1f} ms, p99 {p99:.1f} ms, at most {most:.0f} ms."
