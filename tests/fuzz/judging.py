"""Whether an answer is one that AION promises, whatever was asked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grpc import StatusCode

from aion.adapters.rpc.errors import CODES, HTTP_OF_CODE, HTTP_OF_REASON
from aion.adapters.transports.rest.operations import load_document
from aion.app.resources import openapi_document
from tests.fuzz.requests import Answer, Cell, Request

SERVER_S_FAULT = frozenset({"INTERNAL", "STORE_UNAVAILABLE", "OUTCOME_UNKNOWN", "DRAINING", "READER_TOO_SLOW"})
"""Reasons that no request is to blame for: nothing is wrong with this server, and its callers read."""

BARE_CODES = frozenset({"RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED", "CUT"})
"""What a transport's own machinery may say of what is too large, or too late."""

OF_HTTP = frozenset({400, 404, 405, 406, 413, 415, 426, 431})
"""What may be said of a damaged verb, path or head."""

LARGE = 1 << 20
"""Bytes from which a request is one that may be too large."""

_WORDS = (
    b"Traceback",
    b"most recent call",
    b"site-packages",
    b"<class '",
    b"object at 0x",
    b"NoneType",
)
_MORE_WORDS = (
    b"SELECT ",
    b"asyncio",
    b"/home/",
    b"/root/",
    b"/tmp/",
    b"/usr/",
    str(Path(__file__).resolve().parents[2]).encode(),
    b"/opt/",
    b"/var/",
    b"/src/",
)
_NAMES = re.compile(rb"\b[A-Z][A-Za-z]*(?:Error|Exception)\b")
_FILES = re.compile(rb"\w\.pyc?(?![\w-])|_pb2(?:_grpc)?(?![\w-])")
"""Tracebacks, Python's names and files, SQL, and paths. Plain words are looked for first: most answers have none of
them. A file's name must end where it seems to: random text, as in tokens, holds four characters of any kind at times.
"""


def leak_in(raw: bytes) -> bytes:
    """What shows how AION is built; nothing, mostly."""
    for word in _WORDS + _MORE_WORDS:
        if word in raw:
            return word
    if (b".py" in raw or b"_pb2" in raw) and (file := _FILES.search(raw)):
        return file.group()
    if raw.count(b"Error") == raw.count(b"ErrorInfo") and b"Exception" not in raw:
        return b""
    found = _NAMES.search(raw)
    return found.group() if found else b""


@dataclass(frozen=True, slots=True)
class Judge:
    """Looks at answers. `secrets` are what no answer may hold: another tenant's words."""

    secrets: tuple[bytes, ...]

    def fault(self, request: Request, answer: Answer) -> str:
        """What is wrong, as a sentence; empty when nothing is."""
        if answer.wrong:
            return f"the answer is malformed: {answer.wrong}"
        if shown := self.shown(answer.raw, request.body + request.target):
            return shown
        if answer.left:
            return "" if request.waits or request.cell.method.streams or _in_a_hurry(request) else "there is no answer"
        if answer.code == "OK":
            return "" if answer.marked else "the answer carries no request id"
        if answer.bare:
            return self._fault_of_bare(request, answer)
        return self._fault_of_refusal(request, answer)

    def shown(self, raw: bytes, asked: bytes) -> str:
        """What these bytes show that they must not, unless the request had said it."""
        leak = leak_in(raw)
        if leak and leak not in asked:
            return f"the answer shows how AION is built: {leak!r}"
        if any(secret in raw for secret in self.secrets):
            return "the answer shows what belongs to another tenant"
        return ""

    def _fault_of_bare(self, request: Request, answer: Answer) -> str:
        if answer.code == "CLOSED" or (answer.code in BARE_CODES and (request.floods or len(request.body) > LARGE)):
            return ""
        return f"the refusal {answer.code} is not AION's: it has no reason"

    def _fault_of_refusal(self, request: Request, answer: Answer) -> str:
        if answer.reason in SERVER_S_FAULT or answer.reason not in CODES:
            return f"the refusal is {answer.code} {answer.reason or 'without a reason'}"
        code = CODES[answer.reason]
        if code.name != answer.code:
            return f"the refusal is {answer.code}, but {answer.reason} is {code.name}"
        if not answer.marked:
            return "the refusal carries no request id"
        if answer.reason == "CALL_DEADLINE_EXCEEDED" and not (request.waits or _in_a_hurry(request)):
            return "the call's time is up, but it had time"
        return self._fault_of_status(request, answer, code)

    def _fault_of_status(self, request: Request, answer: Answer, code: StatusCode) -> str:
        status = HTTP_OF_REASON.get(answer.reason) or HTTP_OF_CODE[code]
        listed = documented(request.cell)
        if answer.reason == "REQUEST_TOO_LARGE" and (request.body or request.floods):
            return ""  # a body can be too large also for an RPC that has none over REST, and so can a head
        if status not in listed and not (request.strays and status in OF_HTTP):
            return f"{answer.reason} ({status}) is not documented for {request.cell.method.name}: {sorted(listed)}"
        if answer.http_status in (0, 200, status, HTTP_OF_CODE[code]):
            return ""
        return "" if answer.http_status in OF_HTTP else f"{answer.reason} came as HTTP {answer.http_status}"


def _in_a_hurry(request: Request) -> bool:
    return request.timeout is not None and request.timeout < 60


@cache
def _documented() -> Mapping[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for item in load_document(openapi_document())["paths"].values():
        for operation in item.values():
            statuses = {int(status) for status in operation["responses"] if status != "default"}
            found.setdefault(operation["x-grpc-method"], set()).update(statuses)
    return {path: frozenset(statuses) for path, statuses in found.items()}


def documented(cell: Cell) -> frozenset[int]:
    """The statuses that the contract's document names for an RPC, on whatever transport."""
    return _documented()[cell.method.path]
