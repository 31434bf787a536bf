"""Every error reason: what it means (the contract), how it looks on each wire (the one table of the front door), where
it comes from and what to do (errors.yml beside this file).
"""

from pathlib import Path
from typing import Any

import yaml

from aion.adapters.rpc.errors import CODES, HTTP_OF_CODE, HTTP_OF_REASON
from tools.openapi.contract import Contract, ContractUnfit
from tools.reference.pages import GENERATED

ENUM = "aion.v1.ErrorReason"
PREFIX = "ERROR_REASON_"
WORDS = Path(__file__).with_name("errors.yml")
INTRODUCTION = """A refused call carries the reason in `google.rpc.ErrorInfo` (domain `aion`) on gRPC and Connect, as
`reason` of an RFC 9457 problem on REST, and in a `refused` frame on a stream or WebSocket. A task that ran and failed
is no refused call: it carries the reason as `error.code`. Reasons are stable; new ones are only added."""


def error_catalogue(contract: Contract) -> str:
    """Return the page. Raises ContractUnfit for a reason without words, or words without a reason."""
    words: dict[str, dict[str, str]] = yaml.safe_load(WORDS.read_text())
    enum = contract.enum(ENUM)
    reasons = [value.name.removeprefix(PREFIX) for value in enum.values if value.number]
    if wrong := set(reasons).symmetric_difference(words):
        raise ContractUnfit(f"{WORDS.name} and {ENUM} differ in {', '.join(sorted(wrong))}")
    parts = [GENERATED, "# Error catalogue", INTRODUCTION]
    for reason in reasons:
        parts += [f"## {reason}", contract.comment(f"{enum.full_name}.{PREFIX}{reason}"), _wires(reason)]
        parts += [f"**Cause.** {words[reason]['cause'].strip()}", f"**Remedy.** {words[reason]['remedy'].strip()}"]
    return "\n\n".join(parts) + "\n"


def _wires(reason: str) -> str:
    code: Any = CODES.get(reason)
    if code is None:
        return "The `error.code` of a task; never a refused call."
    status = HTTP_OF_REASON.get(reason) or HTTP_OF_CODE[code]
    return f"gRPC `{code.name}`, HTTP {status}."
