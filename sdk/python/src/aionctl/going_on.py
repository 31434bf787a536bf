"""Nobody loses a task, or does a thing twice, for an answer that did not come: lost, too late, or after Ctrl-C."""

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
    with _told(lambda known, sent: _way_on(task_id() or known, last_offset(), key if sent else "")):
        yield


@contextmanager
def done_once(key: str) -> Iterator[None]:
    """Tell, of what may be done although its answer was not seen, how to ask for it again."""
    again = f"it may be done all the same: the same command with --request-id {key} does it only once"
    with _told(lambda _, sent: again if sent else ""):
        yield


@contextmanager
def _told(way_on: Callable[[str, bool], str]) -> Iterator[None]:
    """Tell the way on; it is given the task that the error is about, and whether the call may have been sent."""
    try:
        yield
    except (DeadlineExceeded, Unavailable) as error:
        if way := way_on(error.task_id, not error.details.never_sent):
            error.add_note(way)
        raise
    except KeyboardInterrupt as interrupt:
        say(visible_line(f"interrupted; {way_on('', True)}"))
        raise typer.Exit(ExitCode.INTERRUPTED) from interrupt


def _way_on(task_id: str, last_offset: int, key: str) -> str:
    if task_id:
        after = f" --after {last_offset}" if last_offset else ""
        return f"task {task_id} goes on, if it has not ended: aionctl watch {task_id}{after}"
    if key:
        return f"if the task was accepted it goes on: the same command with --request-id {key} finds it"
    return ""
