"""The words for failed attempts: those that the contract has, and no others."""

from itertools import chain

from aion.domain.attempts import FAILURE_CODES, AttemptOutcome
from aion.v1.errors_pb2 import ErrorReason


def test_what_may_be_said_of_an_attempt_is_a_reason_of_the_contract():
    for code in chain.from_iterable(FAILURE_CODES.values()):
        assert ErrorReason.Value(f"ERROR_REASON_{code}") > 0, code


def test_a_failure_of_the_work_is_never_called_a_loss_or_a_cancellation():
    failed = FAILURE_CODES[AttemptOutcome.FAILED]
    for outcome in (AttemptOutcome.TIMEOUT, AttemptOutcome.CANCELED):
        assert FAILURE_CODES[outcome]
        assert not failed & FAILURE_CODES[outcome]
    assert FAILURE_CODES[AttemptOutcome.OK] == frozenset()
