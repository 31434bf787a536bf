"""Commands that ask for work: submit and run."""

from typing import Annotated

import typer

from aionctl.asked import Asked, asked
from aionctl.borrowed import supplied_by
from aionctl.exit_codes import of_task
from aionctl.option_values import seconds_within
from aionctl.output import live, tables
from aionctl.output.form import Form, write_document
from aionctl.session import Session, session


@supplied_by(asked=asked, session=session)
def submit(
    asked: Asked,
    session: Session,
    wait: Annotated[
        float | None,
        typer.Option(
            parser=seconds_within(0, 60), metavar="TIME", help="How long to wait for the end, at most 60 seconds."
        ),
    ] = None,
) -> None:
    """Submit a task and return as soon as it is accepted durably."""
    task = session.client.tasks.submit(asked.intent, asked.params, wait=wait, timeout=session.timeout, **asked.options)
    if session.form is Form.TABLE:
        tables.show_task(task)
    else:
        write_document(task, session.form)


@supplied_by(asked=asked, session=session)
def run(
    asked: Asked,
    session: Session,
    stream: Annotated[bool, typer.Option("--stream", help="Show the events while they come.")] = False,
) -> None:
    """Submit a task and wait for its end; the exit code is 1 when it failed."""
    tasks = session.client.tasks
    if stream:
        events = tasks.stream(asked.intent, asked.params, timeout=session.timeout, **asked.options)
        task = live.follow(events, session.form)
        live.show_end(task, session.form, text_was_shown=bool(events.text))
    else:
        task = tasks.run(asked.intent, asked.params, timeout=session.timeout, **asked.options)
        if session.form is Form.TABLE:
            tables.show_task(task)
        else:
            write_document(task, session.form)
    raise typer.Exit(of_task(task))
