"""Schedules in the embedded store. Nothing of them is kept in memory: a clock that looks once a second asks the disk.

Writes go through the group-commit writer, so that a schedule's step and the accepts around it share commits.
"""

import sqlite3
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from aion.adapters.storage.compiling import ZERO, compiled, compiled_insert, parameter
from aion.adapters.storage.reader import Reader
from aion.adapters.storage.schedule_codec import (
    CHANGING_COLUMNS,
    SCHEDULE_COLUMNS,
    decode_schedule,
    encode_changing,
    encode_key,
)
from aion.adapters.storage.tables import schedules
from aion.adapters.storage.times import time_or_none, to_us
from aion.adapters.storage.transaction import Transaction
from aion.adapters.storage.writer import GroupCommitWriter
from aion.domain.errors import (
    ChangedMeanwhile,
    FieldViolation,
    LimitReached,
    ScheduleAlreadyExists,
    ScheduleNotFound,
)
from aion.domain.identity import SystemScope
from aion.domain.schedules import Schedule
from aion.ports.schedules import NOBODY, ScheduleStore

_ROW = (schedules.c.tenant_id == parameter("tenant"), schedules.c.schedule_id == parameter("schedule"))
_COLUMNS = [schedules.c[name] for name in SCHEDULE_COLUMNS]
_TO_WAKE = schedules.c.wake_us.is_not(None)

_INSERT = compiled_insert(schedules, SCHEDULE_COLUMNS)
_UPDATE = compiled(
    update(schedules).where(*_ROW).values({name: parameter(name) for name in CHANGING_COLUMNS}),
    *CHANGING_COLUMNS,
    "tenant",
    "schedule",
)
_DELETE = compiled(delete(schedules).where(*_ROW), "tenant", "schedule")
_SELECT = compiled(select(*_COLUMNS).where(*_ROW), "tenant", "schedule")
_COUNT = compiled(select(func.count()).where(schedules.c.tenant_id == parameter("tenant")), "tenant")
_PAGE = compiled(
    select(*_COLUMNS)
    .where(schedules.c.tenant_id == parameter("tenant"), schedules.c.schedule_id > parameter("after"))
    .order_by(schedules.c.schedule_id)
    .limit(parameter("rows"))
    .offset(ZERO),
    "tenant",
    "after",
    "rows",
)


def _first_of_each_tenant() -> str:
    """The first wake time of each tenant; one look into the index a tenant, however many schedules are due."""
    other = schedules.alias()
    named = select(func.min(schedules.c.tenant_id).label("tenant")).where(_TO_WAKE).cte("named", recursive=True)
    following = select(func.min(other.c.tenant_id)).where(
        other.c.wake_us.is_not(None), other.c.tenant_id > named.c.tenant
    )
    named = named.union_all(select(following.scalar_subquery()).where(named.c.tenant.is_not(None)))
    first = select(func.min(schedules.c.wake_us)).where(_TO_WAKE, schedules.c.tenant_id == named.c.tenant)
    return compiled(select(named.c.tenant, first.scalar_subquery()).where(named.c.tenant.is_not(None)))


_FIRST_OF_EACH = _first_of_each_tenant()
_DUE_OF_ONE = compiled(
    select(schedules.c.wake_us, schedules.c.schedule_id)
    .where(_TO_WAKE, schedules.c.tenant_id == parameter("tenant"), schedules.c.wake_us <= parameter("now"))
    .order_by(schedules.c.wake_us)
    .limit(parameter("rows"))
    .offset(ZERO),
    "tenant",
    "now",
    "rows",
)


class SqliteScheduleStore:
    """The schedules of one SQLite database, beside its tasks."""

    def __init__(self, writer: GroupCommitWriter, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def get(self, tenant: str, schedule_id: str) -> Schedule:
        """The schedule as it is now."""
        found = await self._reader.by_key(partial(find, tenant=tenant, schedule_id=schedule_id))
        if found is None:
            raise _not_found(schedule_id)
        return found

    async def list(self, tenant: str, after_id: str, limit: int) -> Sequence[Schedule]:
        """A page of schedules, by id."""
        return await self._reader.scan(tenant, partial(_several, statement=_PAGE, values=(tenant, after_id, limit)))

    async def create(self, tenant: str, schedule: Schedule, most: int) -> Schedule:
        """A new schedule, or the one that it is a replay of."""
        if schedule.tenant != tenant:
            raise ValueError(f"the schedule {schedule.schedule_id} belongs to another tenant than {tenant}")
        return await self._writer.submit("create_schedule", partial(_create, schedule, most))

    async def replace(self, tenant: str, schedule: Schedule) -> Schedule:
        """Writes what nobody else has changed meanwhile."""
        if schedule.tenant != tenant:
            raise ValueError(f"the schedule {schedule.schedule_id} belongs to another tenant than {tenant}")
        return await self._writer.submit("replace_schedule", partial(_replace, schedule))

    async def delete(self, tenant: str, schedule_id: str) -> None:
        """Deletes a schedule."""
        await self._writer.submit("delete_schedule", partial(_remove, tenant, schedule_id))

    async def due(
        self, scope: SystemScope, now: datetime, limit: int, besides: AbstractSet[str] = NOBODY
    ) -> Sequence[Schedule]:
        """Schedules to look at, of every tenant in turn."""
        return await self._reader.system_scan(partial(_due, now_us=to_us(now), limit=limit, besides=besides))

    async def next_wake(self, scope: SystemScope, besides: AbstractSet[str] = NOBODY) -> datetime | None:
        """When to look next."""
        first = await self._reader.system_scan(partial(_first_wake, besides=besides))
        return time_or_none(first)


def find(connection: sqlite3.Connection, tenant: str, schedule_id: str) -> Schedule | None:
    """The schedule as this connection sees it, or None."""
    row = connection.execute(_SELECT, (tenant, schedule_id)).fetchone()
    return None if row is None else decode_schedule(row)


def write(connection: sqlite3.Connection, schedule: Schedule) -> Schedule:
    """Writes over the schedule of this key, in the transaction that `find` saw it in; answers with its next version."""
    written = replace(schedule, version=schedule.version + 1)
    connection.execute(_UPDATE, (*encode_changing(written), schedule.tenant, schedule.schedule_id))
    return written


def _several(connection: sqlite3.Connection, statement: str, values: tuple[str | int, ...]) -> Sequence[Schedule]:
    return [decode_schedule(row) for row in connection.execute(statement, values)]


def _firsts(connection: sqlite3.Connection, besides: AbstractSet[str]) -> Sequence[tuple[int, str]]:
    return sorted((wake, tenant) for tenant, wake in connection.execute(_FIRST_OF_EACH) if tenant not in besides)


def _first_wake(connection: sqlite3.Connection, besides: AbstractSet[str]) -> int | None:
    firsts = _firsts(connection, besides)
    return firsts[0][0] if firsts else None


def _due(connection: sqlite3.Connection, now_us: int, limit: int, besides: AbstractSet[str]) -> Sequence[Schedule]:
    """In turns: the first of each tenant, then the second of each, and so on."""
    tenants = [tenant for wake, tenant in _firsts(connection, besides) if wake <= now_us][:limit]
    turns = [
        (turn, wake, tenant, schedule_id)
        for tenant in tenants
        for turn, (wake, schedule_id) in enumerate(connection.execute(_DUE_OF_ONE, (tenant, now_us, limit)))
    ]
    found = (find(connection, tenant, schedule_id) for _, _, tenant, schedule_id in sorted(turns)[:limit])
    return [schedule for schedule in found if schedule is not None]


def _create(schedule: Schedule, most: int, transaction: Transaction) -> Schedule:
    connection = transaction.connection
    existing = find(connection, schedule.tenant, schedule.schedule_id)
    if existing is not None:
        if existing.fingerprint == schedule.fingerprint:
            return existing
        raise ScheduleAlreadyExists(
            f"the schedule id {schedule.schedule_id} belongs to another schedule; choose another, or update that one",
            violations=(FieldViolation("schedule.schedule_id", "belongs to another schedule"),),
            facts={"schedule_id": schedule.schedule_id},
        )
    if connection.execute(_COUNT, (schedule.tenant,)).fetchone()[0] >= most:
        raise LimitReached(
            f"this tenant has {most} schedules, which is the most it may have; delete one first",
            facts={"limit": str(most)},
        )
    connection.execute(_INSERT, (*encode_key(schedule), *encode_changing(schedule)))
    return schedule


def _replace(schedule: Schedule, transaction: Transaction) -> Schedule:
    stored = find(transaction.connection, schedule.tenant, schedule.schedule_id)
    if stored is None or stored.uid != schedule.uid:
        raise _not_found(schedule.schedule_id)
    if stored.version != schedule.version:
        raise ChangedMeanwhile(
            f"the schedule {schedule.schedule_id} was changed meanwhile; read it again",
            facts={"schedule_id": schedule.schedule_id},
        )
    return write(transaction.connection, schedule)


def _remove(tenant: str, schedule_id: str, transaction: Transaction) -> None:
    if transaction.connection.execute(_DELETE, (tenant, schedule_id)).rowcount == 0:
        raise _not_found(schedule_id)


def _not_found(schedule_id: str) -> ScheduleNotFound:
    return ScheduleNotFound(
        f"there is no schedule {schedule_id}; list the schedules to see which there are",
        facts={"schedule_id": schedule_id},
    )


if TYPE_CHECKING:
    _: type[ScheduleStore] = SqliteScheduleStore
