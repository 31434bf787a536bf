"""Which RPCs may be made again when their answer is lost: one table, which both SDKs are given.

A call may be repeated when twice does no more than once: its verb says so, an idempotency key makes it so, or it is one
of those below. A repeated deletion may find nothing left; a change that names an etag finds its own etag changed, so it
is repeated only when no etag is given. Everything may be repeated after a refusal that says that nothing was done.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from google.protobuf.descriptor import MethodDescriptor

from tools.openapi.contract import Contract, ContractUnfit

SAFE_VERBS = {"get", "put", "delete"}
BY_NATURE = {
    "CreateSchedule": "its id makes it a replay",
    "CreateTicket": "a ticket too many runs out by itself",
    "PauseSchedule": "idempotent",
    "ReplayWebhookDelivery": "receivers know a delivery by its id",
    "ResumeSchedule": "idempotent",
}
"""RPCs that do no more when they are called twice, although neither their verb nor a key says so."""

RETRYABLE_CODES = ("ABORTED", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "UNAVAILABLE")
"""Codes after which the same call may pass. CANCELLED is none: somebody gave the call up, and it stays given up."""

NOTHING_WAS_DONE = ("DRAINING", "RATE_LIMITED")
"""Reasons with which a call is refused before anything else is looked at."""

KEY_HEADER, KEY_FIELD = "Idempotency-Key", "request_id"
DOCS = {
    "REPEATABLE": "What does no more when it is called twice: its verb, its idempotency key or its nature says so.",
    "REPEATABLE_WITHOUT_ETAG": "What may be called twice when it names no etag; its own change would refuse it else.",
    "DELETIONS": "What finds nothing when it is called twice: NOT_FOUND after a lost answer says that it is done.",
    "KEYED": "What takes an idempotency key, as `request_id`.",
    "RETRYABLE_CODES": "Codes after which the same call may pass. CANCELLED is none: a call given up stays given up.",
    "NOTHING_WAS_DONE": "Reasons with which a call is refused before anything else is looked at.",
}


@dataclass(slots=True)
class Repetition:
    """The table, in the contract's order."""

    repeatable: list[MethodDescriptor] = field(default_factory=list)
    repeatable_without_etag: list[MethodDescriptor] = field(default_factory=list)
    deletions: list[MethodDescriptor] = field(default_factory=list)
    keyed: list[MethodDescriptor] = field(default_factory=list)

    @property
    def sets(self) -> dict[str, list[MethodDescriptor]]:
        """The lists of RPCs by the names that they have in the SDKs."""
        return {
            "REPEATABLE": self.repeatable,
            "REPEATABLE_WITHOUT_ETAG": self.repeatable_without_etag,
            "DELETIONS": self.deletions,
            "KEYED": self.keyed,
        }


def words() -> dict[str, tuple[str, ...]]:
    """The lists of words by the names that they have in the SDKs."""
    return {"RETRYABLE_CODES": RETRYABLE_CODES, "NOTHING_WAS_DONE": NOTHING_WAS_DONE}


def repetition(contract: Contract, methods: Iterable[MethodDescriptor]) -> Repetition:
    """Return the table of these RPCs. Raises ContractUnfit."""
    found, unknown = Repetition(), set(BY_NATURE)
    for rpc in methods:
        unknown.discard(rpc.name)
        verbs = {binding.verb for binding in contract.bindings(rpc)}
        keys = [one.name for one in rpc.input_type.fields if contract.header(one) == KEY_HEADER]
        if keys not in ([], [KEY_FIELD]):
            raise ContractUnfit(f"{rpc.full_name}: the field of {KEY_HEADER} must be called {KEY_FIELD}, not {keys}")
        if keys:
            found.keyed.append(rpc)
        if keys or rpc.name in BY_NATURE or (verbs and verbs <= SAFE_VERBS):
            (found.repeatable_without_etag if _names_an_etag(rpc) and not keys else found.repeatable).append(rpc)
        if verbs == {"delete"}:
            found.deletions.append(rpc)
    if unknown:
        raise ContractUnfit(f"tools/repetition.py calls RPCs repeatable that do not exist: {sorted(unknown)}")
    return found


def _names_an_etag(rpc: MethodDescriptor) -> bool:
    # A creation has no etag to name, whatever its resource can hold.
    if rpc.name.startswith("Create"):
        return False
    messages = [rpc.input_type, *(one.message_type for one in rpc.input_type.fields if one.message_type)]
    return any("etag" in message.fields_by_name for message in messages)
