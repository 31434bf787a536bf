"""Schedules in the embedded store. Nothing of them is kept in memory: a clock that looks once a second asks the disk.

Writes go through the group-commit writer, so that a schedule's step and the accepts around it share commits.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, insert, select, update

from aion.adapters.storage.codec import from_us, to_us
from aion.adapters.storage.reader import Reader
from aion.adapters.storage.schedule_codec import (
    CHANGING_COLUMNS,
    SCHEDULE_COLUMNS,
    decode_schedule,
    encode_changing,
    encode_key,
)
from aion.adapters.storage.statements import ZERO, compiled
from aion.adapters.storage.tables import schedules
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
from aion.ports.schedules import ScheduleStore

_ROW = (schedules.c.tenant_id == bindparam("tenant"), schedules.c.schedule_id == bindparam("schedule"))
_COLUMNS = [schedules.c[name] for name in SCHEDULE_COLUMNS]
_TO_WAKE = schedules.c.wake_us.is_not(None)

_INSERT = compiled(insert(schedules).values({name: bindparam(name) for name in SCHEDULE_COLUMNS}), *SCHEDULE_COLUMNS)
_UPDATE = compiled(
    update(schedules).where(*_ROW).values({name: bindparam(name) for name in CHANGING_COLUMNS}),
    *CHANGING_COLUMNS,
    "tenant",
    "schedule",
)
_DELETE = compiled(delete(schedules).where(*_ROW), "tenant", "schedule")
_SELECT = compiled(select(*_COLUMNS).where(*_ROW), "tenant", "schedule")
_COUNT = compiled(select(func.count()).where(schedules.c.tenant_id == bindparam("tenant")), "tenant")
_PAGE = compiled(
    select(*_COLUMNS)
    .where(schedules.c.tenant_id == bindparam("tenant"), schedules.c.schedule_id > bindparam("after"))
    .order_by(schedules.c.schedule_id)
    .limit(bindparam("rows"))
    .offset(ZERO),
    "tenant",
    "after",
    "rows",
)
_DUE = compiled(
    select(*_COLUMNS)
    .where(_TO_WAKE, schedules.c.wake_us <= bindparam("now"))
    .order_by(schedules.c.wake_us)
    .limit(bindparam("rows"))
    .offset(ZERO),
    "now",
    "rows",
)
_NEXT_WAKE = compiled(select(func.min(schedules.c.wake_us)).where(_TO_WAKE))


class SqliteScheduleStore:
    """The schedules of one SQLite database, beside its tasks."""

    def __init__(self, writer: GroupCommitWriter, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def get(self, tenant: str, schedule_id: str) -> Schedule:
        """The schedule as it is now."""
        found = await self._reader.by_key(partial(_find, tenant=tenant, schedule_id=schedule_id))
        if found is None:
            raise _not_found(schedule_id)
        return found

    async def list(self, tenant: str, after_id: str, limit: int) -> Sequence[Schedule]:
        """A page of schedules, by id."""
        return await self._reader.scan(partial(_several, statement=_PAGE, values=(tenant, after_id, limit)))

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

    async def due(self, scope: SystemScope, now: datetime, limit: int) -> Sequence[Schedule]:
        """Schedules to look at, of every tenant."""
        return await self._reader.scan(partial(_several, statement=_DUE, values=(to_us(now), limit)))

    async def next_wake(self, scope: SystemScope) -> datetime | None:
        """When to look next."""
        first = await self._reader.by_key(_first_wake)
        return None if first is None else from_us(first)


def _find(connection: sqlite3.Connection, tenant: str, schedule_id: str) -> Schedule | None:
    row = connection.execute(_SELECT, (tenant, schedule_id)).fetchone()
    return None if row is None else decode_schedule(row)


def _several(connection: sqlite3.Connection, statement: str, values: tuple[str | int, ...]) -> Sequence[Schedule]:
    return [decode_schedule(row) for row in connection.execute(statement, values)]


def _first_wake(connection: sqlite3.Connection) -> int | None:
    found: int | None = connection.execute(_NEXT_WAKE).fetchone()[0]
    return found


def _create(schedule: Schedule, most: int, transaction: Transaction) -> Schedule:
    connection = transaction.connection
    existing = _find(connection, schedule.tenant, schedule.schedule_id)
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
    stored = _find(transaction.connection, schedule.tenant, schedule.schedule_id)
    if stored is None or stored.uid != schedule.uid:
        raise _not_found(schedule.schedule_id)
    if stored.version != schedule.version:
        raise ChangedMeanwhile(
            f"the schedule {schedule.schedule_id} was changed meanwhile; read it again",
            facts={"schedule_id": schedule.schedule_id},
        )
    written = replace(schedule, version=schedule.version + 1)
    transaction.connection.execute(_UPDATE, (*encode_changing(written), schedule.tenant, schedule.schedule_id))
    return written


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
