"""Commands for schedules."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from aion_sdk import CatchUp, Overlap, Schedule
from aion_sdk.requests import TaskOptions
from aionctl.asked import Asked, Input, asked, given_input, promise
from aionctl.borrowed import supplied_by
from aionctl.going_on import done_once
from aionctl.option_values import moment, one_of, seconds_within, whole_within
from aionctl.output import resources, tables
from aionctl.output.shown import show
from aionctl.reporting import say
from aionctl.session import Session, session

app = typer.Typer(help="Tasks that the server submits by the clock.", no_args_is_help=True, add_completion=False)
ScheduleId = Annotated[str, typer.Argument(help="The schedule's id.")]
Limit = Annotated[int, typer.Option(parser=whole_within(1), metavar="NUMBER", help="At most this many.")]
LEAST_CATCH_UP = 10.0
"""Seconds, by the contract: within them a time is not missed."""
MOST_CATCH_UP = 30 * 86_400.0


def timing(
    *,
    time_zone: Annotated[str | None, typer.Option(help="IANA name, such as Europe/Paris; UTC by default.")] = None,
    catch_up: Annotated[
        CatchUp | None, typer.Option(parser=one_of(CatchUp), metavar="LATEST|ALL|NONE", help="What missed times do.")
    ] = None,
    catch_up_window: Annotated[
        float | None,
        typer.Option(
            parser=seconds_within(LEAST_CATCH_UP, MOST_CATCH_UP),
            metavar="TIME",
            help="How far back they are looked for.",
        ),
    ] = None,
    overlap: Annotated[
        Overlap | None,
        typer.Option(parser=one_of(Overlap), metavar="SKIP|ALLOW|CANCEL", help="When the task before has not ended."),
    ] = None,
    start: Annotated[datetime | None, typer.Option(parser=moment, metavar="WHEN", help="Fires from then on.")] = None,
    end: Annotated[datetime | None, typer.Option(parser=moment, metavar="WHEN", help="Fires before then.")] = None,
) -> dict[str, Any]:
    """Collect what was said about the times."""
    window = None if catch_up_window is None else timedelta(seconds=catch_up_window)
    given = {
        "time_zone": time_zone,
        "catch_up": catch_up,
        "catch_up_window": window,
        "overlap": overlap,
        "start_time": start,
        "end_time": end,
    }
    return {name: value for name, value in given.items() if value is not None}


@app.command("list")
@supplied_by(session=session)
def list_schedules(session: Session, limit: Limit = 50) -> None:
    """List the schedules."""
    show(list(session.client.schedules.list(limit=limit)), session.form, resources.show_schedules)


@app.command()
@supplied_by(session=session)
def get(session: Session, schedule_id: ScheduleId) -> None:
    """Show a schedule."""
    _show(session.client.schedules.get(schedule_id, timeout=session.timeout), session)


@app.command()
@supplied_by(asked=asked, promise=promise, timing=timing, session=session)
def create(
    *,
    asked: Asked,
    promise: TaskOptions,
    timing: dict[str, Any],
    session: Session,
    schedule_id: ScheduleId,
    cron: Annotated[str, typer.Option(help="Five fields, such as `30 6 * * MON-FRI`, or `@daily`, `@every 15m`.")],
    paused: Annotated[bool, typer.Option("--paused", help="It fires nothing until it is resumed.")] = False,
) -> None:
    """Make a schedule; the same id and content again is the same schedule."""
    made = session.client.schedules.create(
        schedule_id, cron, asked.spec(promise), paused=paused, timeout=session.timeout, **timing
    )
    _show(made, session)


@app.command()
@supplied_by(work=given_input, timing=timing, session=session)
def update(
    work: Input,
    timing: dict[str, Any],
    session: Session,
    schedule_id: ScheduleId,
    cron: Annotated[str | None, typer.Option(help="Five fields, `@daily`, or `@every 15m`.")] = None,
) -> None:
    """Change when a schedule fires, and with which input; refused when somebody else changes it at the same time."""
    changes = timing if cron is None else {**timing, "cron": cron}
    if not (changes or work.params or work.params_json):
        raise typer.BadParameter("nothing to change; give --cron, --time-zone, --overlap, -p or another option")
    stored = session.client.schedules.get(schedule_id, timeout=session.timeout)
    if work.params or work.params_json:
        changes = {**changes, "task": replace(stored.task, params=work.params, params_json=work.params_json)}
    _show(session.client.schedules.update(replace(stored, **changes), timeout=session.timeout), session)


@app.command()
@supplied_by(session=session)
def pause(session: Session, schedule_id: ScheduleId, note: Annotated[str, typer.Option(help="Why.")] = "") -> None:
    """Stop a schedule from firing."""
    _show(session.client.schedules.pause(schedule_id, note, timeout=session.timeout), session)


@app.command()
@supplied_by(session=session)
def resume(session: Session, schedule_id: ScheduleId) -> None:
    """Let a schedule fire again."""
    _show(session.client.schedules.resume(schedule_id, timeout=session.timeout), session)


@app.command()
@supplied_by(session=session)
def trigger(
    session: Session,
    schedule_id: ScheduleId,
    request_id: Annotated[str, typer.Option(help="Idempotency key: the same key gives the same task.")] = "",
) -> None:
    """Submit the schedule's task now."""
    key = request_id or str(uuid.uuid4())
    with done_once(key):
        task = session.client.schedules.trigger(schedule_id, request_id=key, timeout=session.timeout)
    show(task, session.form, tables.show_task)


@app.command()
@supplied_by(session=session)
def delete(session: Session, schedule_id: ScheduleId) -> None:
    """Delete a schedule; its tasks stay."""
    session.client.schedules.delete(schedule_id, timeout=session.timeout)
    say(f"schedule {schedule_id} deleted")


def _show(schedule: Schedule, session: Session) -> None:
    show(schedule, session.form, resources.show_schedule)
