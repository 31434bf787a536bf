"""How an attempt ends inside a host: with a result, or with one failure that has a stable code.

A host function cannot raise through WebAssembly. It raises one of these, the lane turns it into a trap, and the
exception is what the attempt ended with.
"""

from aion.domain.attempts import NO_TURN, AttemptOutcome, Failure


class GuestEnds(Exception):
    """The attempt is over. The guest does not run on."""

    def __init__(self, outcome: AttemptOutcome, code: str, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.failure = Failure(code, message, retryable)


class GuestExits(Exception):
    """The guest called proc_exit."""

    def __init__(self, status: int) -> None:
        super().__init__(f"exit status {status}")
        self.status = status


class BadAddress(Exception):
    """The guest passed an address outside its memory; it is told so by an error number."""


def failed(code: str, message: str, *, retryable: bool = False) -> GuestEnds:
    """The guest did something that ends its attempt."""
    return GuestEnds(AttemptOutcome.FAILED, code, message, retryable=retryable)


def timed_out() -> GuestEnds:
    """The attempt's deadline passed."""
    return GuestEnds(
        AttemptOutcome.TIMEOUT,
        "ATTEMPT_TIMEOUT",
        "the module was still running when the time of its attempt was over; raise policies.timeout_ms in its "
        "manifest, or send less input",
        retryable=True,
    )


def never_began() -> GuestEnds:
    """The deadline passed before a lane took the attempt."""
    return GuestEnds(
        AttemptOutcome.LOST, NO_TURN, "no lane of its host was free for it; it waits for its next turn", retryable=True
    )


def canceled() -> GuestEnds:
    """Somebody asked that the attempt ends."""
    return GuestEnds(AttemptOutcome.CANCELED, "TASK_CANCELED", "the attempt was canceled")
