"""Commands that ask for work: submit and run."""

from typing import Annotated

import typer

from aion_sdk.requests import TaskOptions
from aionctl.asked import Asked, asked, identity, promise
from aionctl.borrowed import supplied_by
from aionctl.exit_codes import of_task
from aionctl.going_on import found_again
from aionctl.option_values import seconds_within
from aionctl.output import live, tables
from aionctl.output.dry_run import DryRun, show_decision
from aionctl.output.shown import show
from aionctl.session import Session, session


@supplied_by(asked=asked, identity=identity, promise=promise, session=session)
def submit(
    *,
    asked: Asked,
    identity: TaskOptions,
    promise: TaskOptions,
    session: Session,
    wait: Annotated[
        float | None,
        typer.Option(
            parser=seconds_within(0, 60), metavar="TIME", help="How long to wait for the end, at most 60 seconds."
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Submit a task and return as soon as it is accepted durably."""
    spec = asked.spec(identity, promise)
    if dry_run:
        show_decision(session.client.tasks.submit(spec, validate_only=True, timeout=session.timeout), session)
        return
    with found_again(key=spec.request_id):
        task = session.client.tasks.submit(spec, wait=wait, timeout=session.timeout)
    show(task, session.form, tables.show_task)


@supplied_by(asked=asked, identity=identity, promise=promise, session=session)
def run(
    *,
    asked: Asked,
    identity: TaskOptions,
    promise: TaskOptions,
    session: Session,
    stream: Annotated[bool, typer.Option("--stream", help="Show the events while they come.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Submit a task and wait for its end; the exit code is 1 when it failed."""
    spec = asked.spec(identity, promise)
    tasks = session.client.tasks
    if dry_run:
        show_decision(tasks.submit(spec, validate_only=True, timeout=session.timeout), session)
        return
    if stream:
        events = tasks.stream(spec, timeout=session.timeout)
        with found_again(lambda: events.task_id, lambda: events.last_offset, spec.request_id):
            task = live.follow(events, session.form)
        live.show_end(task, session.form, text_was_shown=bool(events.text))
    else:
        with found_again(key=spec.request_id):
            task = tasks.run(spec, timeout=session.timeout)
        show(task, session.form, tables.show_task)
    raise typer.Exit(of_task(task))
