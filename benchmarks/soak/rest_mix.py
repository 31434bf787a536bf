"""The mix of `calls.py` over REST, for clients that must cost little: a request is a few bytes put together, an answer
is read as far as its status, its code, its hint, and the one thing that proves that it is the right one.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from benchmarks.doors.http_connection import request
from benchmarks.soak.calls import DEADLINE, HELD_FOR, REMEMBERED, SHARES
from benchmarks.soak.outcomes import NOT_ENDED, OK, WRONG, Outcome
from benchmarks.submits import TEXT

_LOCATION = b"\r\nlocation: /v1/tasks/"
_HINT = b"\r\nretry-after: "
_WAIT = f"{2 * DEADLINE:g}s"


class RestMix:
    """The next call of many, in an order that a seed decides. `known` are tasks to get before one is accepted here;
    `zero` is when the load's clock began. `accepted` are the ids of all tasks that it was told of.
    """

    def __init__(self, api_key: str, seed: int, known: Sequence[str], zero: float) -> None:
        self.accepted: list[str] = []
        self.outcomes: list[Outcome] = []
        self._zero = zero
        self._seed = seed
        self._headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
        self._chooser = random.Random(seed)
        self._recent: deque[str] = deque(known, maxlen=REMEMBERED)
        self._held: deque[str] = deque(maxlen=REMEMBERED)
        self._turn: list[str] = []
        self._made = 0

    def next(self, due: float) -> "RestCall":
        """The call that is due then, by time.perf_counter."""
        if not self._turn:
            self._turn = [kind for kind, share in SHARES.items() for _ in range(share)]
            self._chooser.shuffle(self._turn)
        kind = self._turn.pop()
        wire, proof = self._request(kind)
        lag = time.perf_counter() - due
        return RestCall(self, kind, wire, proof, due, lag, until=asyncio.get_running_loop().time() - lag + DEADLINE)

    def took(self, kind: str, task_id: str) -> None:
        """A task was accepted. Those that a call waits for are nobody else's to cancel."""
        self.accepted.append(task_id)
        if kind == "submit, no wait":
            self._recent.append(task_id)
        elif kind == "submit for later":
            self._held.append(task_id)

    def ended(self, call: "RestCall", code: str, reason: str, hinted: bool, said: str) -> None:
        """Writes down what became of a call."""
        took = time.perf_counter() - call.due
        self.outcomes.append(Outcome(call.kind, call.due - self._zero, call.lag, took, code, reason, hinted, said))

    def _request(self, kind: str) -> tuple[bytes, bytes]:
        """What goes over the wire, and what an answer holds that is the right one."""
        match kind:
            case "submit":
                return self._post("/v1/tasks", "redact", wait=_WAIT), b"EMAIL_1"
            case "submit, no wait":
                return self._post("/v1/tasks", "redact"), b'"task_id"'
            case "submit for later":
                later = datetime.now(UTC) + HELD_FOR
                return self._post("/v1/tasks", "redact", not_before=later.isoformat()), b"TASK_STATE_PENDING"
            case "stream":
                return self._post("/v1/tasks:stream", "summarize"), b"event: done\n"
            case "get":
                wanted = self._chooser.choice(self._recent)
                return request("GET", f"/v1/tasks/{wanted}", self._headers), wanted.encode()
            case "list":
                return request("GET", "/v1/tasks?page_size=20", self._headers), b'{"tasks":[{'
            case "cancel":
                held = self._held and self._chooser.getrandbits(1)
                wanted = self._held.popleft() if held else self._chooser.choice(self._recent)
                return request("POST", f"/v1/tasks/{wanted}:cancel", self._headers, b"{}"), wanted.encode()
            case _:
                raise ValueError(f"there are no calls of the kind {kind}")

    def _post(self, path: str, intent: str, **more: str) -> bytes:
        self._made += 1
        key = f"burst-{self._seed}-{self._made}"
        body = orjson.dumps({"intent": intent, "params": {"text": TEXT}, "request_id": key, **more})
        return request("POST", path, self._headers, body)


@dataclass(slots=True, eq=False)
class RestCall:
    """One call: see `plain_http.Exchange`. `lag` is how late its client came to it; what it waits for from then on,
    a connection for instance, it waits for the server.
    """

    mix: RestMix
    kind: str
    request: bytes
    proof: bytes
    due: float
    lag: float
    until: float
    ended: bool = False

    def answered(self, status: int, answer: bytes) -> None:
        """Reads as much of the answer as says what it is."""
        self.ended = True
        creates = self.kind.startswith(("submit", "stream"))
        if creates and status < 300 and (task_id := between(answer, _LOCATION, b"\r")):
            self.mix.took(self.kind, task_id)
        self.mix.ended(self, *verdict(self.kind, status, answer, self.proof))

    def failed(self, code: str, said: str) -> None:
        """Nothing more comes."""
        self.ended = True
        self.mix.ended(self, code, "", False, said)


def verdict(kind: str, status: int, answer: bytes, proof: bytes) -> tuple[str, str, bool, str]:
    """Code, reason, whether there is a hint when to come back, and of a wrong answer what it said."""
    if status >= 400:
        code, reason = between(answer, b'"code":"', b'"'), between(answer, b'"reason":"', b'"')
        said = "" if code and reason else f"HTTP {status}"
        return code or WRONG, reason, _HINT in answer, said
    if kind == "submit" and status == 202:
        return NOT_ENDED, "", False, ""
    if proof not in answer:
        return WRONG, "", False, f"HTTP {status} without {proof.decode()}"
    return OK, "", False, ""


def between(answer: bytes, before: bytes, after: bytes) -> str:
    """The first text between the two, or nothing."""
    _, found, rest = answer.partition(before)
    return rest[: rest.index(after)].decode() if found and after in rest else ""
