"""Fills a data directory with ended tasks, as their transitions leave them, without running one of them."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aion.adapters.clock import SystemEntropy
from aion.adapters.storage import statements as sql
from aion.adapters.storage.codec import encode_asked, encode_life
from aion.adapters.storage.event_codec import encode_log
from aion.adapters.storage.opening import make_ready
from aion.adapters.storage.times import to_us
from aion.domain import lifecycle
from aion.domain.attempts import AttemptOutcome, AttemptResult
from aion.domain.ids import uuid7
from aion.domain.routing import Candidate, Decision, Privacy, Route
from aion.domain.tasks import Priority, Sla, Task
from benchmarks.submits import PARAMS

TENANT, PRINCIPAL = "default", "dev"
"""Whose key `aion dev` gives out: its lists and ids are those that have grown."""

_ENGINE = "module:redact@1.0.0"
_GROUP = 5_000
_KEPT = timedelta(days=1)
_RESULT = AttemptResult(AttemptOutcome.OK, result_json=PARAMS, fuel=266_103)


def fill(data: Path, tasks: int) -> None:
    """Puts that many tasks of the last hour with logs and idempotency keys into a new store in `data`."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data / "aion.db"
    make_ready(f"sqlite:///{path}")
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for first in range(1, tasks + 1, _GROUP):
            rows = list(_rows(range(first, min(first + _GROUP, tasks + 1)), tasks))
            connection.execute("BEGIN IMMEDIATE")
            for statement, number in ((sql.INSERT_TASKS, 0), (sql.INSERT_LOGS, 1), (sql.PUT_KEYS, 2)):
                statement.write(connection, [row[number] for row in rows])
            connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()


def _rows(numbers: range, tasks: int) -> Iterator[tuple[tuple[Any, ...], ...]]:
    """Of each task its row, its log and its key, in the order of time."""
    entropy, end = SystemEntropy(), datetime.now(UTC)
    for number in numbers:
        created = end - timedelta(hours=1) * ((tasks - number + 1) / tasks)
        task, log = _ended(uuid7(created, entropy.bytes(10)), created)
        yield (
            (number, *encode_asked(task), *encode_life(task)),
            (number, TENANT, log),
            (TENANT, PRINCIPAL, "create-task", task.task_id, task.fingerprint, number, to_us(end + _KEPT)),
        )


def _ended(task_id: str, created: datetime) -> tuple[Task, str]:
    good = Candidate(_ENGINE, Route.LOCAL, (), "rank 1: local, free", 1, 3.0, 0, timedelta(milliseconds=3))
    decision = Decision(_ENGINE, Route.LOCAL, "ai-router", "rank 1; 1 of 1", (good,), "sha256:0", created)
    asked = Task(
        tenant=TENANT,
        task_id=task_id,
        principal=PRINCIPAL,
        intent="redact",
        input_json=PARAMS,
        priority=Priority.NORMAL,
        sla=Sla(Privacy.LOCAL_ONLY),
        fingerprint=task_id.encode()[:32],
        decision=decision,
        max_failures=0,
        attempt_timeout=timedelta(seconds=5),
        create_time=created,
        expire_time=created + timedelta(hours=1),
    )
    started = lifecycle.started(asked, "benchmark", created, timedelta(seconds=10))
    ended = lifecycle.settled(started.task, started.task.fence, _RESULT, created + timedelta(milliseconds=5))
    return ended.task, encode_log([*started.events, *ended.events])
