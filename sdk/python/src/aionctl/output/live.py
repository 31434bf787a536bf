"""The events of a task while they come: text to stdout as it is written, everything else for people to stderr."""

import sys

from aion_sdk import Event, EventKind, Task, TaskStream, Unavailable
from aionctl.output import tables
from aionctl.output.form import Form, write_document, write_each
from aionctl.reporting import say
from aionctl.safe_text import visible, visible_json, visible_line


def follow(stream: TaskStream, form: Form) -> Task:
    """Show a stream to its end and return the ended task. Raises AionError."""
    with stream:
        if form is Form.TABLE:
            _follow_text(stream)
        else:
            write_each(stream, form)
        if stream.task is None:
            raise Unavailable("the stream ended without its task")
        return stream.task


def show_end(task: Task, form: Form, *, text_was_shown: bool) -> None:
    """Show what came of the task after its events."""
    if form is not Form.TABLE:
        write_each([task], form) if form is Form.JSON else write_document(task, form)
        return
    if task.result_json and not text_was_shown:
        tables.show_result(task)
    failure = f": {task.error.code}: {task.error.message}" if task.error else ""
    cost = task.usage.cost_micros / 1_000_000
    say(visible_line(f"task {task.task_id} {task.state.value}{failure} ({task.usage.latency_ms} ms, {cost:.6f} USD)"))


def _follow_text(stream: TaskStream) -> None:
    at_line_start = True
    for event in stream:
        if event.kind is EventKind.TOKEN:
            sys.stdout.write(visible(event.text))
            sys.stdout.flush()
            at_line_start = event.text.endswith("\n") if event.text else at_line_start
        else:
            _aside(event)
    if not at_line_start:
        sys.stdout.write("\n")


def _aside(event: Event) -> None:
    if event.kind is EventKind.LOG:
        say(visible_line(f"log: {event.text}"))
    elif event.kind is EventKind.PARTIAL:
        say(f"so far: {visible_json(event.data_json)}")
    elif event.kind is EventKind.RESET:
        say(f"attempt {event.attempt} begins: the text from event {event.discard_from} on is void")
