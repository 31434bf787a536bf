"""After the last crash: a clean server, everything asked again, everything ended, and the store read from outside."""

import asyncio
import json
import sqlite3
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping

from tests.chaos.checker import violations
from tests.chaos.client import Client, Recorder, all_of
from tests.chaos.history import EndedTask, FinalState, Outcome
from tests.chaos.server import LEASE_SECONDS, PATIENCE, Place, Server

BOUND = LEASE_SECONDS + 30.0
"""Seconds after which every task has ended: a lease and a little, or more where others want the processors."""

_AT_ONCE = 16
_LOOK_EVERY = 0.05


async def settle_and_judge(
    place: Place, recorder: Recorder, server: Server | None = None, bound: float = BOUND
) -> FinalState:
    """Starts a clean server unless one is given, and fails with every promise that was broken."""
    place.gate.touch()
    server = server or await Server.start(place)
    try:
        async with Client.connect(recorder, server) as client:
            await _submit_again(client, recorder)
            ended = await _all_ended(client)
            # Once more: a key names the same task for as long as it is kept.
            await _submit_again(client, recorder)
    finally:
        await server.stop()
    keys, facts, damage = _read_store(place)
    final = FinalState(ended, keys, facts, server.ready_at, bound, damage)
    broken = violations(recorder.calls, recorder.asked, final)
    _report(place, recorder, final, broken)
    assert not broken, "\n".join(broken[:20])
    return final


async def _submit_again(client: Client, recorder: Recorder) -> None:
    """Every key that was used, whatever its client knows of it."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def again(key: str) -> None:
        async with places:
            await client.submit(key)

    await all_of(*(again(key) for key in recorder.plans))


async def _all_ended(client: Client) -> tuple[EndedTask, ...]:
    every = await client.list_all()
    assert every.outcome is Outcome.ANSWERED, every
    give_up = time.monotonic() + PATIENCE
    ended: list[EndedTask] = []
    for task_id in sorted(every.listed):
        while True:
            call = await client.get(task_id)
            assert call.task is not None, f"{task_id} is listed and cannot be read: {call}"
            if call.task.ended or time.monotonic() > give_up:
                break
            await asyncio.sleep(_LOOK_EVERY)
        # A log that has not ended would be followed for ever; the checker says what is wrong.
        events = (await client.watch(task_id)).events if call.task.ended else ()
        ended.append(EndedTask(call.task, events))
    return tuple(ended)


def _read_store(place: Place) -> tuple[Mapping[str, str], Mapping[str, Mapping[str, int]], tuple[str, ...]]:
    with sqlite3.connect(place.database) as database:
        check = [row[0] for row in database.execute("PRAGMA integrity_check")]
        orphans = database.execute("PRAGMA foreign_key_check").fetchall()
        keys = dict(
            database.execute("SELECT k.key, t.task_id FROM idempotency_keys AS k JOIN tasks AS t ON t.seq = k.task_seq")
        )
        left = database.execute("SELECT sequence, task_id, name FROM outbox").fetchall()
        leased = database.execute("SELECT count(*) FROM tasks WHERE lease_owner IS NOT NULL").fetchone()[0]
    database.close()
    damage = [f"the database says: {line}" for line in check if line != "ok"]
    damage += [f"a row points nowhere: {row}" for row in orphans]
    if leased:
        damage.append(f"{leased} leases are left")
    facts: dict[str, Counter[str]] = defaultdict(Counter)
    for _, task_id, name in sorted({*map(tuple, left), *_delivered(place)}):
        facts[task_id][name] += 1
    return keys, facts, tuple(damage)


def _delivered(place: Place) -> set[tuple[int, str, str]]:
    """What left the outbox: at least once each, so the sequence tells what is one fact."""
    found = set()
    for line in place.log.read_text(errors="replace").splitlines():
        if line.startswith("{") and '"aion.events"' in line:
            # A line that a SIGKILL cut is followed by a new delivery of the same fact.
            try:
                fact = json.loads(line)
            except ValueError:
                continue
            found.add((fact["sequence"], fact["task_id"], fact["event"]))
    return found


def _report(place: Place, recorder: Recorder, final: FinalState, broken: list[str]) -> None:
    states = Counter(ended.task.state for ended in final.tasks)
    attempts = Counter(attempt.outcome for ended in final.tasks for attempt in ended.task.attempts)
    late = max((e.task.end_time - max(e.task.create_time, final.served_from) for e in final.tasks), default=0.0)
    sys.stdout.write(
        f"\ncrash: {place.kills} kills, {place.starts} starts, {len(recorder.plans)} keys, {len(final.tasks)} tasks "
        f"{dict(states)}, attempts {dict(attempts)}, submits {recorder.count(Outcome.ANSWERED)} acknowledged, "
        f"{recorder.count(Outcome.UNKNOWN)} unknown, {recorder.count(Outcome.REFUSED)} refused, "
        f"latest end {late:.2f} s after restart, {len(broken)} broken promises\n"
    )
