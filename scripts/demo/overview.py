"""What the demo has done, as AION remembers it: every task with its result, decision, attempts and usage."""

from rich.table import Table

from aion_sdk import Task
from scripts.demo.processes import Server
from scripts.demo.terminal import check, say

COLUMNS = ("task", "intent", "state", "engine", "attempts", "ms", "tokens", "fuel", "cost")
NUMBERS = COLUMNS[4:]


def show_what_happened(server: Server, *, at_least: int) -> None:
    """Every task of the server, and why the first one ran where it ran."""
    with server.client() as client:
        tasks = [client.tasks.get(task.task_id) for task in client.tasks.list(page_size=3)]
        check(len(tasks) >= at_least and all(task.status == "OK" for task in tasks), f"{at_least} tasks, all OK")
        table = Table(title="Tasks", title_justify="left")
        for column in COLUMNS:
            table.add_column(column, justify="right" if column in NUMBERS else "left")
        for task in tasks:
            table.add_row(*_row(task))
        say.print(table)
        decision = client.tasks.explain(tasks[-1].task_id)
    check(any(not candidate.eligible for candidate in decision.candidates), "a candidate that was refused")
    reasons = Table(title=f"Why {tasks[-1].task_id} ran where it ran", title_justify="left")
    for column in ("rank", "candidate", "route", "eligible", "reason"):
        reasons.add_column(column)
    for candidate in decision.candidates:
        reasons.add_row(
            str(candidate.rank or "-"), candidate.engine, candidate.route, str(candidate.eligible), candidate.reason
        )
    say.print(reasons)


def _row(task: Task) -> tuple[str, ...]:
    usage = task.usage
    engine = task.engine.name if task.engine else ""
    outcomes = ", ".join(attempt.outcome.name for attempt in task.attempts)
    return (
        task.task_id[-12:],
        task.intent,
        task.status,
        engine,
        f"{len(task.attempts)} ({outcomes})",
        str(usage.latency_ms),
        str(usage.tokens),
        f"{usage.fuel:,}",
        f"${usage.cost_micros / 1e6:.6f}",
    )
