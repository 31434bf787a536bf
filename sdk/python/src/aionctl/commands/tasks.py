"""Commands for tasks that exist: watch, get, list, cancel, retry, route explain."""

import uuid
from typing import Annotated

import typer

from aion_sdk import TaskState
from aionctl.borrowed import supplied_by
from aionctl.exit_codes import of_task
from aionctl.going_on import done_once, found_again
from aionctl.option_values import beginning, one_of, whole_within
from aionctl.output import live, tables
from aionctl.output.dry_run import DryRun, show_decision
from aionctl.output.shown import show
from aionctl.reporting import say
from aionctl.safe_text import visible_line
from aionctl.session import Session, session

STATES = ", ".join(state.value for state in TaskState if state is not TaskState.UNKNOWN)
TaskId = Annotated[str, typer.Argument(help="The task's id.")]

route = typer.Typer(help="Why tasks run where they run.", no_args_is_help=True, add_completion=False)


@route.callback()
def _route() -> None:
    pass


@supplied_by(session=session)
def watch(
    session: Session,
    task_id: TaskId,
    after: Annotated[
        int, typer.Option(parser=whole_within(0), metavar="OFFSET", help="Only events after this offset.")
    ] = 0,
) -> None:
    """Follow a task to its end; the exit code is 1 when it failed."""
    stream = session.client.tasks.watch(task_id, after_offset=after, timeout=session.timeout)
    with found_again(lambda: task_id, lambda: stream.last_offset):
        task = live.follow(stream, session.form)
    live.show_end(task, session.form, text_was_shown=bool(stream.text))
    raise typer.Exit(of_task(task))


@supplied_by(session=session)
def get(session: Session, task_id: TaskId) -> None:
    """Show a task: state, result, attempts, usage."""
    show(session.client.tasks.get(task_id), session.form, tables.show_task)


@supplied_by(session=session)
def list_tasks(
    session: Session,
    state: Annotated[
        list[TaskState] | None,
        typer.Option(
            "--state",
            "-s",
            parser=one_of(TaskState),
            metavar="STATE",
            help=f"Only in this state: {STATES}.",
            autocompletion=beginning(lambda: STATES.split(", ")),
        ),
    ] = None,
    intent: Annotated[str, typer.Option(help="Only of this intent.")] = "",
    limit: Annotated[int, typer.Option(parser=whole_within(1), metavar="NUMBER", help="At most this many.")] = 50,
) -> None:
    """List tasks, newest first."""
    page_size = min(limit, 500)
    found = session.client.tasks.list(states=state or (), intent=intent, limit=limit, page_size=page_size)
    show(list(found), session.form, tables.show_tasks)


@supplied_by(session=session)
def cancel(session: Session, task_id: TaskId) -> None:
    """Ask to end a task; one that has ended stays as it is."""
    task = session.client.tasks.cancel(task_id)
    show(task, session.form, tables.show_task)
    if task.ended and task.state is not TaskState.CANCELED:
        say(visible_line(f"task {task.task_id} had already ended {task.state.value}; nothing was canceled"))


@supplied_by(session=session)
def retry(
    session: Session,
    task_id: TaskId,
    new_task_id: Annotated[str, typer.Option(help="The id of the new task; the server makes one by default.")] = "",
    request_id: Annotated[str, typer.Option(help="Idempotency key: the same key gives the same new task.")] = "",
    dry_run: DryRun = False,
) -> None:
    """Submit again what an ended task did, under the policies of now."""
    tasks = session.client.tasks
    if dry_run:
        checked = tasks.retry(task_id, new_task_id=new_task_id, request_id=request_id, validate_only=True)
        show_decision(checked, session)
        return
    key = request_id or str(uuid.uuid4())
    with done_once(key):
        task = tasks.retry(task_id, new_task_id=new_task_id, request_id=key)
    show(task, session.form, tables.show_task)


@route.command()
@supplied_by(session=session)
def explain(session: Session, task_id: TaskId) -> None:
    """Show why a task runs where it runs: every candidate with its reasons."""
    show(session.client.tasks.explain(task_id), session.form, tables.show_decision)
