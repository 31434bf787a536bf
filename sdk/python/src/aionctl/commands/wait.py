"""Waits for tasks that were submitted before, many at once."""

import asyncio
from typing import Annotated

import typer

from aion_sdk import AionError, AsyncClient, DeadlineExceeded, Task
from aionctl.borrowed import supplied_by
from aionctl.exit_codes import ExitCode, of_error, of_task
from aionctl.output import tables
from aionctl.output.form import Form, write_document, write_each
from aionctl.output.progress import Progress
from aionctl.reporting import document, explanation, say, say_json
from aionctl.session import Session, session

MOST_WATCHED = 64
"""A server bounds watchers; the others wait for their turn here."""


@supplied_by(session=session)
def wait(session: Session, task_id: Annotated[list[str], typer.Argument(help="The tasks' ids.")]) -> None:
    """Wait for the end of tasks; the exit code is 1 when one of them failed.

    With --timeout, those that have not ended by then are told and the exit code is 6; they go on.
    """
    wanted = list(dict.fromkeys(task_id))
    with Progress("wait") as progress:
        found = asyncio.run(_all(session, wanted, progress))
    tasks = [task for task in found if isinstance(task, Task)]
    if session.form is Form.TABLE and tasks:
        tables.show_tasks(tasks)
    elif session.form is Form.YAML:
        write_document(tasks, session.form)
    code = max((of_task(task) for task in tasks), default=ExitCode.OK)
    for name, error in zip(wanted, found, strict=True):
        if isinstance(error, AionError):
            _say(name, error, session)
            code = max(code, of_error(error))
    raise typer.Exit(code)


async def _all(session: Session, wanted: list[str], progress: Progress) -> list[Task | AionError]:
    free = asyncio.Semaphore(MOST_WATCHED)
    ended = 0

    async def one(client: AsyncClient, name: str) -> Task | AionError:
        nonlocal ended
        async with free:
            try:
                task = await client.tasks.watch(name, timeout=session.timeout).result()
            except AionError as error:
                return error
        ended += 1
        progress.told(f"{ended} of {len(wanted)} ended")
        if session.form is Form.JSON:
            write_each([task], Form.JSON)
        elif len(wanted) > 1:
            progress.note(f"task {name} {task.state.value}")
        return task

    async with session.async_client() as client:
        progress.told(f"0 of {len(wanted)} ended")
        return list(await asyncio.gather(*(one(client, name) for name in wanted)))


def _say(name: str, error: AionError, session: Session) -> None:
    if session.form is Form.JSON:
        say_json(document(error) | {"task_id": name, "exit_code": int(of_error(error))})
        return
    say(f"task {name}:")
    if isinstance(error, DeadlineExceeded):
        error.add_note(f"it goes on: aionctl wait {name}")
    for line in explanation(error, key_given=bool(session.settings["api_key"])):
        say(f"  {line}")
