"""Answers as tables for people. Every text of the server goes through safe_text; nothing is cut off."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from aion_sdk import Attempt, Candidate, Decision, Intent, Module, ServerInfo, Task
from aionctl.safe_text import visible, visible_json, visible_line

WIDTH_OF_A_FILE = 400
"""Where stdout is no terminal, lines are as long as they need to be."""

COLOURS = {
    "OK": "green",
    "READY": "green",
    "ERROR": "red",
    "FAILED": "red",
    "BROKEN": "red",
    "TIMEOUT": "yellow",
    "CANCELED": "yellow",
    "LOST": "yellow",
    "RUNNING": "cyan",
}


def console() -> Console:
    """Return stdout; rich leaves colours away for NO_COLOR and for what is no terminal."""
    width = None if sys.stdout.isatty() else WIDTH_OF_A_FILE
    return Console(markup=False, highlight=False, emoji=False, width=width)


def show_tasks(tasks: Iterable[Task]) -> None:
    """Show a list of tasks."""
    rows = [
        (t.task_id, t.intent, t.state.value, _engine(t), _moment(t.create_time), _cost(t.usage.cost_micros))
        for t in tasks
    ]
    _show(("TASK", "INTENT", "STATE", "ENGINE", "CREATED", "COST USD"), rows)


def show_task(task: Task) -> None:
    """Show one task: what came of it, its attempts, why it ran where it ran."""
    facts = [
        ("task", task.task_id),
        ("intent", task.intent),
        ("state", task.state.value + (" (cancel requested)" if task.cancel_requested and not task.ended else "")),
        ("replayed", "yes" if task.replayed else ""),
        ("engine", _engine(task)),
        ("why", task.engine.reason if task.engine else ""),
        ("created", _moment(task.create_time)),
        ("ended", _moment(task.end_time)),
        ("latency", f"{task.usage.latency_ms} ms" if task.ended else ""),
        ("promise", {True: "kept", False: "missed", None: ""}[task.promise_kept]),
        ("token events", str(task.usage.tokens) if task.ended else ""),
        ("cost", f"{_cost(task.usage.cost_micros)} USD" if task.ended else ""),
        ("fuel", str(task.usage.fuel or "")),
        ("labels", ", ".join(f"{name}={value}" for name, value in task.metadata.items())),
        ("error", f"{task.error.code}: {task.error.message}" if task.error else ""),
    ]
    _show_facts(facts)
    if task.attempts:
        _show_attempts(task.attempts)
    if task.result_json:
        show_result(task)


def show_result(task: Task) -> None:
    """Show a task's result as indented JSON."""
    sys.stdout.write("\n" + visible_json(json.dumps(task.result, indent=2, ensure_ascii=False)) + "\n")


def show_decision(decision: Decision) -> None:
    """Show a decision: the choice, then every candidate with its reasons."""
    _show_facts(
        [
            ("engine", decision.engine),
            ("route", decision.route),
            ("chosen by", decision.chosen_by),
            ("why", decision.reason),
            ("policy", decision.policy_version),
            ("decided", _moment(decision.decide_time)),
        ]
    )
    rows = [
        (
            str(c.rank or "-"),
            c.engine,
            c.route,
            "yes" if c.eligible else "no",
            f"{c.score:.4g}" if c.eligible else "-",
            _cost(c.expected_cost_micros),
            f"{c.expected_latency_ms} ms" if c.expected_latency_ms else "unknown",
            _why(c),
        )
        for c in decision.candidates
    ]
    console().print()
    _show(("RANK", "CANDIDATE", "ROUTE", "ELIGIBLE", "SCORE", "COST USD", "LATENCY", "WHY"), rows)


def show_intents(intents: Iterable[Intent]) -> None:
    """Show what can be asked for, and with which params; `?` marks those that may be left out."""
    rows = [(i.name, _params(i), ", ".join(i.engines), i.description) for i in intents]
    _show(("INTENT", "PARAMS", "ENGINES", "DESCRIPTION"), rows)


def show_modules(modules: Iterable[Module]) -> None:
    """Show the installed module versions."""
    rows = [
        (
            f"{m.name}@{m.version}",
            m.health.value,
            ", ".join(m.intents),
            _duration(m.timeout),
            m.license,
            m.health_reason,
        )
        for m in modules
    ]
    _show(("MODULE", "HEALTH", "INTENTS", "TIME LIMIT", "LICENCE", "WHY"), rows)


def show_server(info: ServerInfo) -> None:
    """Show what the server is."""
    _show_facts(
        [
            ("version", info.version),
            ("contract", info.api_version),
            ("started", _moment(info.start_time)),
            ("engines", ", ".join(info.engines)),
            ("largest request", f"{info.max_request_bytes} bytes"),
            ("largest result", f"{info.max_result_bytes} bytes"),
            ("request ids kept", _duration(info.idempotency_retention)),
            ("longest wait", _duration(info.max_wait)),
            ("policy", info.policy_version),
        ]
    )


def _show(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible_line(cell), style=COLOURS.get(cell, "")) for cell in row))
    console().print(table)


def _show_facts(facts: Iterable[tuple[str, str]]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts:
        if value:
            table.add_row(name, Text(visible(value), style=COLOURS.get(value, "")))
    console().print(table)


def _show_attempts(attempts: Sequence[Attempt]) -> None:
    rows = [(str(a.number), a.engine, a.outcome.value, _moment(a.start_time), _failure(a)) for a in attempts]
    console().print()
    _show(("ATTEMPT", "ENGINE", "OUTCOME", "STARTED", "WHY"), rows)


def _failure(attempt: Attempt) -> str:
    return f"{attempt.error_code}: {attempt.error_message}" if attempt.error_code else ""


def _why(candidate: Candidate) -> str:
    refusals = "; ".join(f"{refusal.reason.value}: {refusal.message}" for refusal in candidate.refusals)
    return refusals or candidate.reason


def _params(intent: Intent) -> str:
    """The members that the input schema names, the required ones first."""
    schema = intent.input_schema
    if not isinstance(schema, dict):
        return ""
    required = [str(name) for name in schema.get("required", ())]
    optional = [f"{name}?" for name in schema.get("properties", {}) if name not in required]
    return ", ".join(required + optional)


def _engine(task: Task) -> str:
    return (task.engine.name or task.engine.route) if task.engine else ""


def _moment(time: datetime | None) -> str:
    return "" if time is None else time.astimezone().isoformat(sep=" ", timespec="seconds")


def _cost(micros: int) -> str:
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


def _duration(value: timedelta | None) -> str:
    """The time in the largest unit that says it without a fraction."""
    if value is None:
        return ""
    seconds = value.total_seconds()
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"
