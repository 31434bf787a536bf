"""What `aion module` says of modules and of trials, as lines for people and as documents for programs."""

from collections.abc import Iterator, Sequence
from typing import Any

from aion.app.commands.safe_text import visible_line
from aion.app.composition.module_list import Shown
from aion.app.composition.module_room import Report
from aion.app.settings import Settings

MEBIBYTE = 1 << 20


def columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows of texts as lines, each column as wide as its widest text."""
    shown = [[visible_line(text) for text in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def takers_line(settings: Settings) -> str:
    """Who takes up a module that was installed with these settings, and when."""
    when = "`aion dev` takes it up by itself, `aion serve` and `aion worker` when they start"
    if "data_dir" not in settings.model_fields_set:
        return f"{when}; those with AION_DATA_DIR look elsewhere"
    return (
        f"with AION_DATA_DIR={settings.data_dir} {when}; no other server sees it: "
        "for those without AION_DATA_DIR install it without"
    )


def shown_of(shown: Shown) -> dict[str, Any]:
    """A listed module as a document."""
    return {
        "name": shown.name,
        "version": shown.version,
        "artifact_digest": shown.artifact_digest,
        "wasm_digest": shown.wasm_digest,
        "kind": shown.kind,
        "intents": list(shown.intents),
        "where": shown.where,
        "folder": str(shown.folder),
        "health": shown.health.name,
        "broken": shown.broken,
    }


def listed_lines(modules: Sequence[Shown]) -> Iterator[str]:
    """The listed modules for people."""
    rows = [
        (each.name, each.version, each.wasm_digest[:19], each.kind, ", ".join(each.intents), each.where, each.health)
        for each in modules
    ]
    yield from columns((("name", "version", "wasm digest", "kind", "intents", "where", "health"), *rows))


def report_of(report: Report) -> dict[str, Any]:
    """A report as a document."""
    return {
        "module": report.package.engine,
        "artifact_digest": report.digest,
        "wasm_digest": report.package.digest,
        "passed": report.passed,
        "fixtures": [
            {
                "name": trial.name,
                "passed": trial.passed,
                "problems": list(trial.problems),
                "note": trial.note,
                "log": list(trial.log),
                "fuel": trial.taken.fuel if trial.taken else None,
                "memory_bytes": (trial.taken.memory_bytes or None) if trial.taken else None,
                "milliseconds": round(trial.taken.seconds * 1000, 3) if trial.taken else None,
                "result_bytes": trial.result_bytes,
                "events": trial.events,
            }
            for trial in report.trials
        ],
        "limits": [
            {
                "field": each.field,
                "seen": each.seen,
                "manifest": each.manifest,
                "suggested": each.suggested,
                "verdict": each.verdict,
            }
            for each in report.suggestions
        ],
    }


def report_lines(report: Report) -> Iterator[str]:
    """A report for people: a table of fixtures, what is wrong with those that failed, and the limits."""
    yield f"{report.package.name} {report.package.version}  {report.package.digest}"
    if not report.trials:
        yield 'it has no fixtures: write fixtures/NAME.json with {"input": {...}, "result": {...}}, then try it again'
        return
    yield ""
    yield from columns((("fixture", "", "fuel", "memory", "ms", "result", "events"), *map(_row, report.trials)))
    for trial in report.trials:
        if not trial.passed:
            yield ""
            yield visible_line(f"{trial.name} failed:")
            yield from (visible_line(f"  {problem}") for problem in trial.problems)
            yield from (visible_line(f"  stderr: {line}") for line in trial.log)
    if noted := [trial for trial in report.trials if trial.passed and trial.note]:
        yield ""
        yield from (visible_line(f"{trial.name}: {trial.note}") for trial in noted)
    yield ""
    yield from columns(
        (
            ("limit in manifest.yaml", "most seen", "now", "suggested", ""),
            *((each.field, each.seen, each.manifest, each.suggested, each.verdict) for each in report.suggestions),
        )
    )
    if any(each.verdict != "fine" for each in report.suggestions):
        yield "tight: inputs a little larger may fail; wide: far more than these fixtures need, as larger inputs may"
    failed = sum(not trial.passed for trial in report.trials)
    yield ""
    yield f"{len(report.trials) - failed} of {len(report.trials)} fixtures passed"


def _row(trial: Any) -> tuple[str, ...]:
    taken = trial.taken
    return (
        trial.name,
        "ok" if trial.passed else "FAILED",
        f"{taken.fuel:,}" if taken else "-",
        f"{taken.memory_bytes / MEBIBYTE:.1f} Mi" if taken and taken.memory_bytes else "-",
        f"{taken.seconds * 1000:.1f}" if taken else "-",
        f"{trial.result_bytes} B",
        str(trial.events),
    )
