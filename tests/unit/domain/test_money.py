"""Money is exact or refused."""

import pytest

from aion.domain.errors import BudgetInvalid
from aion.domain.money import MAX_BUDGET_MICROS, checked_micros, dollars_from_micros, micros_from_dollars


@pytest.mark.parametrize(
    ("dollars", "micros"),
    [(0.0, 0), (0.25, 250_000), (0.1, 100_000), (0.000001, 1), (1_000_000.0, MAX_BUDGET_MICROS), (0.0018, 1_800)],
)
def test_what_a_client_wrote_is_what_is_kept(dollars, micros):
    assert micros_from_dollars(dollars, "sla.budget_usd") == micros
    assert dollars_from_micros(micros) == dollars


@pytest.mark.parametrize("dollars", [float("nan"), float("inf"), float("-inf"), -0.01, 0.0000001, 1_000_000.5, 1e30])
def test_what_cannot_be_kept_is_refused_and_names_the_field(dollars):
    with pytest.raises(BudgetInvalid) as refused:
        micros_from_dollars(dollars, "sla.budget_usd")
    assert refused.value.violations[0].field == "sla.budget_usd"
    assert refused.value.message.startswith("sla.budget_usd ")


@pytest.mark.parametrize("micros", [-1, MAX_BUDGET_MICROS + 1])
def test_micros_have_bounds_too(micros):
    with pytest.raises(BudgetInvalid):
        checked_micros(micros, "budget_micros")
