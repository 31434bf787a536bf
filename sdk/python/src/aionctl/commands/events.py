"""The events of a task as lines of JSON, for programs and files."""

from collections.abc import Iterator
from typing import Annotated

import typer

from aion_sdk import ErrorReason, Event, InvalidRequest, TaskStream
from aion_sdk.errors import ErrorDetails
from aionctl.borrowed import supplied_by
from aionctl.option_values import whole_within
from aionctl.output.form import Form, write_each
from aionctl.session import Session, session


@supplied_by(session=session)
def events(
    session: Session,
    task_id: Annotated[str, typer.Argument(help="The task's id.")],
    after: Annotated[
        int, typer.Option(parser=whole_within(0), metavar="OFFSET", help="Only events after this offset.")
    ] = 0,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the task has ended.")] = False,
) -> None:
    """Write the events of a task, one JSON object a line; without --follow those that are there."""
    last = None if follow else session.client.tasks.get(task_id).last_offset
    if last is not None and last == after:
        return
    if last is not None and last < after:
        details = ErrorDetails(code="OUT_OF_RANGE", reason=ErrorReason.OFFSET_OUT_OF_RANGE, task_id=task_id)
        raise InvalidRequest(f"the last event of the task is {last}; give --after at most that", details)
    form = Form.YAML if session.form is Form.YAML else Form.JSON
    with session.client.tasks.watch(task_id, after_offset=after, timeout=session.timeout) as stream:
        write_each(_until(stream, last), form)


def _until(stream: TaskStream, last: int | None) -> Iterator[Event]:
    for event in stream:
        yield event
        if event.offset == last:
            return
