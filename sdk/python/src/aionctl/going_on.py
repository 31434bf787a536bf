"""Nobody loses a task to a deadline or Ctrl-C: both are told with how to find it again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from aion_sdk import DeadlineExceeded, Unavailable
from aionctl.exit_codes import ExitCode
from aionctl.reporting import say
from aionctl.safe_text import visible_line


@contextmanager
def found_again(
    task_id: Callable[[], str] = lambda: "", last_offset: Callable[[], int] = lambda: 0, key: str = ""
) -> Iterator[None]:
    """Tell, of a task whose end was not seen, how to go on; `key` is that of its submission."""
    try:
        yield
    except (DeadlineExceeded, Unavailable) as error:
        if way := _way_on(task_id() or error.task_id, last_offset(), key if error.code != "UNAVAILABLE" else ""):
            error.add_note(way)
        raise
    except KeyboardInterrupt as interrupt:
        say(visible_line(f"interrupted; {_way_on(task_id(), last_offset(), key)}"))
        raise typer.Exit(ExitCode.INTERRUPTED) from interrupt


def _way_on(task_id: str, last_offset: int, key: str) -> str:
    if task_id:
        after = f" --after {last_offset}" if last_offset else ""
        return f"task {task_id} goes on, if it has not ended: aionctl watch {task_id}{after}"
    if key:
        return f"if the task was accepted it goes on: the same command with --request-id {key} finds it"
    return ""
