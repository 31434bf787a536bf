"""Answers as tables for people."""

import json
import sys
from collections.abc import Iterable, Sequence

from aion_sdk import Attempt, Candidate, Decision, Intent, ServerInfo, Task
from aionctl.output.cells import console, cost, duration, facts, moment, rows, short_digest
from aionctl.safe_text import visible_json


def show_tasks(tasks: Iterable[Task]) -> None:
    """Show a list of tasks."""
    found = [
        (t.task_id, t.intent, t.state.value, _engine(t), moment(t.create_time), cost(t.usage.cost_micros))
        for t in tasks
    ]
    rows(("TASK", "INTENT", "STATE", "ENGINE", "CREATED", "COST USD"), found)


def show_task(task: Task) -> None:
    """Show one task: what came of it, its attempts, why it ran where it ran."""
    known = [
        ("task", task.task_id),
        ("intent", task.intent),
        ("state", task.state.value + (" (cancel requested)" if task.cancel_requested and not task.ended else "")),
        ("replayed", "yes" if task.replayed else ""),
        ("engine", _engine(task)),
        ("why", task.engine.reason if task.engine else ""),
        ("digest", _digest(task.decision) if task.decision else ""),
        ("created", moment(task.create_time)),
        ("not before", moment(task.not_before) if not task.ended else ""),
        ("queue until", moment(task.queue_expire_time) if not task.start_time and not task.ended else ""),
        ("retry of", task.retry_of),
        ("schedule", task.schedule_id),
        ("ended", moment(task.end_time)),
        ("latency", f"{task.usage.latency_ms} ms" if task.ended else ""),
        ("promise", {True: "kept", False: "missed", None: ""}[task.promise_kept]),
        ("token events", str(task.usage.tokens) if task.ended else ""),
        ("cost", f"{cost(task.usage.cost_micros)} USD" if task.ended else ""),
        ("fuel", str(task.usage.fuel or "")),
        ("labels", ", ".join(f"{name}={value}" for name, value in task.metadata.items())),
        ("error", f"{task.error.code}: {task.error.message}" if task.error else ""),
    ]
    facts(known)
    if task.attempts:
        _show_attempts(task.attempts)
    if task.result_json:
        show_result(task)


def show_result(task: Task) -> None:
    """Show a task's result as indented JSON."""
    sys.stdout.write("\n" + visible_json(json.dumps(task.result, indent=2, ensure_ascii=False)) + "\n")


def show_decision(decision: Decision) -> None:
    """Show a decision: the choice, then every candidate with its reasons."""
    facts(
        [
            ("engine", decision.engine),
            ("route", decision.route),
            ("chosen by", decision.chosen_by),
            ("why", decision.reason),
            ("digest", _digest(decision)),
            ("policy", decision.policy_version),
            ("decided", moment(decision.decide_time)),
        ]
    )
    weighed = any(c.weight is not None for c in decision.candidates)
    found = [
        (
            str(c.rank or "-"),
            c.engine,
            *([_weight(c)] if weighed else []),
            c.route,
            "yes" if c.eligible else "no",
            f"{c.score:.4g}" if c.eligible else "-",
            cost(c.expected_cost_micros),
            f"{c.expected_latency_ms} ms" if c.expected_latency_ms else "unknown",
            _why(c),
        )
        for c in decision.candidates
    ]
    console().print()
    weight = ("WEIGHT",) if weighed else ()
    rows(("RANK", "CANDIDATE", *weight, "ROUTE", "ELIGIBLE", "SCORE", "COST USD", "LATENCY", "WHY"), found)


def show_intents(intents: Iterable[Intent]) -> None:
    """Show what can be asked for, and with which params; `?` marks those that may be left out."""
    found = [(i.name, _params(i), ", ".join(i.engines), i.description) for i in intents]
    rows(("INTENT", "PARAMS", "ENGINES", "DESCRIPTION"), found)


def show_server(info: ServerInfo) -> None:
    """Show what the server is."""
    facts(
        [
            ("version", info.version),
            ("contract", info.api_version),
            ("started", moment(info.start_time)),
            ("engines", ", ".join(info.engines)),
            ("largest request", f"{info.max_request_bytes} bytes"),
            ("largest result", f"{info.max_result_bytes} bytes"),
            ("request ids kept", duration(info.idempotency_retention)),
            ("longest wait", duration(info.max_wait)),
            ("policy", info.policy_version),
        ]
    )


def _show_attempts(attempts: Sequence[Attempt]) -> None:
    found = [
        (str(a.number), a.engine, short_digest(a.digest), a.outcome.value, moment(a.start_time), _failure(a))
        for a in attempts
    ]
    console().print()
    rows(("ATTEMPT", "ENGINE", "DIGEST", "OUTCOME", "STARTED", "WHY"), found)


def _failure(attempt: Attempt) -> str:
    return f"{attempt.error_code}: {attempt.error_message}" if attempt.error_code else ""


def _digest(decision: Decision) -> str:
    """The bytes that were decided for, and whether only they may run."""
    return decision.engine_digest + (" (pinned)" if decision.digest_pinned else "")


def _weight(candidate: Candidate) -> str:
    return "-" if candidate.weight is None else str(candidate.weight)


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
