"""Commands for tasks that exist: watch, get, list, cancel, route explain."""

from typing import Annotated

import typer

from aion_sdk import TaskState
from aionctl.borrowed import supplied_by
from aionctl.exit_codes import of_task
from aionctl.option_values import one_of
from aionctl.output import live, tables
from aionctl.output.form import Form, write_document
from aionctl.reporting import say
from aionctl.safe_text import visible_line
from aionctl.session import Session, session

STATES = ", ".join(state.value for state in TaskState if state is not TaskState.UNKNOWN)
TaskId = Annotated[str, typer.Argument(help="The task's id.")]


@supplied_by(session=session)
def watch(
    session: Session,
    task_id: TaskId,
    after: Annotated[int, typer.Option(min=0, help="Only events after this offset.")] = 0,
) -> None:
    """Follow a task to its end; the exit code is 1 when it failed."""
    stream = session.client.tasks.watch(task_id, after_offset=after, timeout=session.timeout)
    task = live.follow(stream, session.form)
    live.show_end(task, session.form, text_was_shown=bool(stream.text))
    raise typer.Exit(of_task(task))


@supplied_by(session=session)
def get(session: Session, task_id: TaskId) -> None:
    """Show a task: state, result, attempts, usage."""
    task = session.client.tasks.get(task_id)
    if session.form is Form.TABLE:
        tables.show_task(task)
    else:
        write_document(task, session.form)


@supplied_by(session=session)
def list_tasks(
    session: Session,
    state: Annotated[
        list[TaskState] | None,
        typer.Option("--state", "-s", parser=one_of(TaskState), metavar="STATE", help=f"Only in this state: {STATES}."),
    ] = None,
    intent: Annotated[str, typer.Option(help="Only of this intent.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 50,
) -> None:
    """List tasks, newest first."""
    page_size = min(limit, 500)
    tasks = list(session.client.tasks.list(states=state or (), intent=intent, limit=limit, page_size=page_size))
    if session.form is Form.TABLE:
        tables.show_tasks(tasks)
    else:
        write_document(tasks, session.form)


@supplied_by(session=session)
def cancel(session: Session, task_id: TaskId) -> None:
    """Ask to end a task; one that has ended stays as it is."""
    task = session.client.tasks.cancel(task_id)
    if session.form is Form.TABLE:
        tables.show_task(task)
    else:
        write_document(task, session.form)
    if task.ended and task.state is not TaskState.CANCELED:
        say(visible_line(f"task {task.task_id} had already ended {task.state.value}; nothing was canceled"))


@supplied_by(session=session)
def explain(session: Session, task_id: TaskId) -> None:
    """Show why a task runs where it runs: every candidate with its reasons."""
    decision = session.client.tasks.explain(task_id)
    if session.form is Form.TABLE:
        tables.show_decision(decision)
    else:
        write_document(decision, session.form)
