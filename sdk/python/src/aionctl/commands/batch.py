"""Many tasks from a file, so many at once; run again, it goes on where it was."""

import asyncio
import sys
from contextlib import ExitStack
from enum import StrEnum
from io import TextIOBase
from pathlib import Path
from typing import Annotated, cast

import typer

from aion_sdk.options import MOST_AT_ONCE
from aion_sdk.requests import TaskOptions
from aionctl import params
from aionctl.asked import promise
from aionctl.batch.results import Results, Tally, end_last_line, told_in
from aionctl.batch.rows import LineWrong, Reading
from aionctl.batch.running import run_all, submit_all
from aionctl.borrowed import supplied_by
from aionctl.exit_codes import ExitCode
from aionctl.option_values import one_of, whole_within
from aionctl.output.progress import Progress
from aionctl.reporting import say
from aionctl.safe_text import visible_line
from aionctl.session import Session, session


class Lines(StrEnum):
    """How a file says its tasks."""

    CSV = "csv"
    JSONL = "jsonl"


@supplied_by(promise=promise, session=session)
def batch(
    *,
    promise: TaskOptions,
    session: Session,
    file: Annotated[str, typer.Argument(help="A .csv file, else JSON lines; `-` is stdin.")],
    intent: Annotated[str, typer.Option(help="What to do with each line; lines of JSON may say it themselves.")] = "",
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column", "-c", metavar="COLUMN[=PARAM]", help="Take this column as a param; by default all of them."
        ),
    ] = None,
    results: Annotated[
        str, typer.Option(metavar="PATH", help="Append results here instead of stdout, and skip what had ended in it.")
    ] = "",
    name: Annotated[
        str, typer.Option(help="The batch's name, a part of every line's request id; by default the file's name.")
    ] = "",
    lines: Annotated[
        Lines | None,
        typer.Option(
            "--format",
            parser=one_of(Lines),
            metavar="|".join(Lines),
            help="What it holds, where its name does not say.",
        ),
    ] = None,
    concurrency: Annotated[
        int,
        typer.Option(parser=whole_within(1, MOST_AT_ONCE), metavar="NUMBER", help="So many tasks at once, at most."),
    ] = 16,
    submit_only: Annotated[bool, typer.Option("--submit-only", help="Submit all, wait for none.")] = False,
) -> None:
    """Submit a task for each line of a CSV or JSONL file.

    Each line has a request id that follows from its content and the batch's name: the same file run again within
    24 hours makes no second tasks, it finds those that it made.
    """
    columns = params.pairs((word if "=" in word else f"{word}={word}" for word in column or ()), "--column")
    is_csv = file.casefold().endswith(".csv") if lines is None else lines is Lines.CSV
    reading = Reading(intent, columns, promise, name or Path(file).name, is_csv)
    with ExitStack() as stack:
        try:
            out = _out(results, stack)
            wanted = Results(out, *told_in(Path(results))) if results else Results(out)
        except OSError as cause:
            raise typer.BadParameter(f"cannot use {results}: {cause.strerror}", param_hint="--results") from cause
        tally = _go(session, reading, file, wanted, concurrency=concurrency, submit_only=submit_only)
    raise typer.Exit(tally.exit_code)


def _go(
    session: Session, reading: Reading, file: str, results: Results, *, concurrency: int, submit_only: bool
) -> Tally:
    tally = Tally()

    async def all_lines(progress: Progress) -> None:
        async with session.async_client() as client:
            rows = reading.rows(file)
            if submit_only:
                await submit_all(client, rows, results, progress, tally)
            else:
                await run_all(client, rows, results, progress, tally, concurrency=concurrency)

    try:
        with Progress(reading.name) as progress:
            asyncio.run(all_lines(progress))
    except LineWrong as wrong:
        source = "stdin" if file == "-" else file
        if wrong.number == 1 and file == "-" and not reading.is_csv:
            say("  stdin is read as JSON lines; --format csv reads it as CSV")
        before = "nothing was submitted"
        if tally.lines:
            say(visible_line(f"{reading.name}: {tally.words}"))
            before = "the lines before it were submitted, run it again when it is mended"
        say(visible_line(f"error: {source} {wrong}; {before}"))
        raise typer.Exit(ExitCode.USAGE) from wrong
    except (OSError, UnicodeDecodeError) as cause:
        raise typer.BadParameter(f"cannot read {file}: {cause}", param_hint="FILE") from cause
    except KeyboardInterrupt as interrupt:
        say("interrupted; what was submitted goes on, and the same command finds it again")
        raise typer.Exit(ExitCode.INTERRUPTED) from interrupt
    say(visible_line(f"{reading.name}: {tally.words}"))
    return tally


def _out(path: str, stack: ExitStack) -> TextIOBase:
    if not path:
        return cast("TextIOBase", sys.stdout)
    end_last_line(Path(path))
    return stack.enter_context(Path(path).open("a", encoding="utf-8"))
