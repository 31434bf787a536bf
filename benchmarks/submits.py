"""The one task that every door is measured with: redact four hundred characters, wait for the result."""

import itertools
import json

from aion.v1 import lifecycle_pb2, tasks_pb2
from benchmarks import servers
from benchmarks.load import Metadata, Target, WrongAnswer
from benchmarks.refusal_reasons import for_want_of_room

SUBMIT = "/aion.v1.AionTasks/Submit"
TEXT = "Please write to ada@example.org or call +33 1 42 68 53 00 before 2026-11-21; the order 4711-0815 is ready. " * 4
PARAMS = json.dumps({"text": TEXT})
WAIT_SECONDS = 30

_KEYS = itertools.count()
"""Makes every idempotency key new: a replay would cost nothing."""


def new_key(number: int) -> str:
    """An idempotency key that was never used."""
    return f"{number}-{next(_KEYS)}"


def submit(number: int) -> bytes:
    """The request in protobuf, with a key of its own."""
    request = tasks_pb2.TaskRequest(intent="redact", params={"text": TEXT}, request_id=new_key(number))
    request.wait.seconds = WAIT_SECONDS
    return request.SerializeToString()


def check_submit(answer: bytes) -> None:
    """Raises WrongAnswer unless the task ended well, now."""
    task = tasks_pb2.TaskResult.FromString(answer)
    if task.state != lifecycle_pb2.TASK_STATE_OK or task.replayed or "EMAIL_1" not in task.result_json:
        raise WrongAnswer(task)


def bearer(api_key: str) -> Metadata:
    """What proves the caller."""
    return (("authorization", f"Bearer {api_key}"),)


def echo_target(server: servers.Served) -> Target:
    """The request that AION gets, echoed."""
    return Target(server.grpc, "/bench/Echo", submit, _check_echo)


def bare_target(server: servers.Served) -> Target:
    """The module's input, run."""
    return Target(server.grpc, "/bench/Run", lambda _: PARAMS.encode(), _check_bare)


def aion_target(server: servers.Served) -> Target:
    """A durable submit that waits for its result."""
    return Target(server.grpc, SUBMIT, submit, check_submit, bearer(server.api_key), too_much=for_want_of_room)


def _check_echo(answer: bytes) -> None:
    if b"ada@example.org" not in answer:
        raise WrongAnswer(answer)


def _check_bare(answer: bytes) -> None:
    if b"EMAIL_1" not in answer:
        raise WrongAnswer(answer)
