"""Money is an integer of micro-dollars; floats appear at the edge only, and only exact ones pass."""

import math
from decimal import Decimal

from aion.domain.errors import BudgetInvalid, FieldViolation

MICROS_PER_DOLLAR = 1_000_000
MAX_BUDGET_MICROS = 1_000_000 * MICROS_PER_DOLLAR
MAX_COST_MICROS = 1_000 * MAX_BUDGET_MICROS
"""What one attempt may be said to cost: no bill is so large, and what many attempts cost together can still be kept."""
MAX_TOTAL_MICROS = 2**63 - 1
"""What a store can keep; an amount that is larger is kept as this one."""


def micros_from_dollars(amount: float, field: str) -> int:
    """The micro-dollars that `amount` US dollars are, exactly.

    Raises BudgetInvalid, naming `field`, for NaN, infinity, a negative amount, more than six decimals or more than a
    million dollars.
    """
    if math.isnan(amount) or math.isinf(amount):
        raise _refused(field, "is not a finite number; give US dollars with at most six decimals, such as 0.25")
    # repr gives the shortest decimal that is this float: what the client wrote, not its binary neighbour.
    micros = Decimal(repr(amount)) * MICROS_PER_DOLLAR
    if micros != micros.to_integral_value():
        raise _refused(field, f"{amount!r} has more than six decimals; the smallest amount is 0.000001")
    return checked_micros(int(micros), field)


def checked_micros(micros: int, field: str) -> int:
    """`micros` if it is an amount that AION can keep; raises BudgetInvalid, naming `field`, otherwise."""
    if micros < 0:
        raise _refused(field, "is negative; leave it out for no budget")
    if micros > MAX_BUDGET_MICROS:
        raise _refused(field, f"is over the largest budget of {MAX_BUDGET_MICROS // MICROS_PER_DOLLAR} US dollars")
    return micros


def dollars_from_micros(micros: int) -> float:
    """The US dollars that `micros` are, for display; never for arithmetic."""
    return micros / MICROS_PER_DOLLAR


def _refused(field: str, what: str) -> BudgetInvalid:
    return BudgetInvalid(f"{field} {what}", violations=(FieldViolation(field, what),))
