"""Who may run an intent, and who may have a clock submit tasks. Front doors check the scope of an RPC; what else its
request is about, only a use case knows.
"""

from aion.domain.errors import PermissionDenied
from aion.domain.identity import TASKS_WRITE, Caller, run_scope


def permit_run(caller: Caller, intent: str) -> None:
    """Raises PermissionDenied, which names the scope, unless the caller may run the intent."""
    scope = run_scope(intent)
    if not caller.identity.may(scope):
        raise PermissionDenied(
            f"running {intent} needs the scope {scope}; ask for a key that holds it", facts={"scope": scope}
        )


def permit_submitting(caller: Caller) -> None:
    """Raises PermissionDenied, which names the scope, unless the caller may submit tasks at all."""
    if not caller.identity.may(TASKS_WRITE):
        raise PermissionDenied(
            f"a schedule submits tasks, so this needs the scope {TASKS_WRITE}, too; ask for a key that holds it",
            facts={"scope": TASKS_WRITE},
        )
