"""Workers in processes of their own: one is killed while it works, another takes over, nothing is lost."""

import subprocess
import time
from contextlib import ExitStack

from aion_sdk import AttemptOutcome, Client, Task, TaskSpec, TaskState
from scripts.demo.places import BIN, DATA, TEXTS
from scripts.demo.processes import Server, environment, log_file, run, running, started
from scripts.demo.terminal import check, say

TASKS = 12
LONG_TEXT = 400_000
"""Letters of one task's text: enough that a task is still at work when its worker is killed."""

LEASE = "2s"
PATIENCE = 120.0


def worker_is_killed_and_replaced() -> None:
    """The server runs nothing itself; the first worker is killed while it holds leases, the second ends the work."""
    data = DATA / "apart"
    for old in data.glob("aion.db*"):
        old.unlink()
    settings = {"AION_WORKER_LISTEN": "127.0.0.1:0", "AION_WORKER_SLOTS": "0", "AION_LEASE": LEASE}
    with ExitStack() as stack:
        facts = stack.enter_context(running("server", "dev", data, **settings))
        server = Server(facts["grpc"], facts["http"], facts["api_key"])
        key = run([BIN / "aion", "keys", "create", "worker", "--scope", "workers:serve"], **environment(data)).strip()
        client = stack.enter_context(server.client())
        submitted = [outcome.accepted().task_id for outcome in client.tasks.batch(_long_tasks())]
        say.print(f"{len(submitted)} tasks are accepted; the server itself runs none")
        with started("worker-1", "worker", DATA / "worker", **_worker(facts["workers"], key, "worker-1")) as first:
            held = _until_some_run(client, first)
            first.kill()
            first.wait()
        say.print(f"worker-1 is killed (SIGKILL) while it holds {held} leases")
        with started("worker-2", "worker", DATA / "worker", **_worker(facts["workers"], key, "worker-2")):
            ended = [_ended(client, task_id) for task_id in submitted]
        lost = sum(attempt.outcome is AttemptOutcome.LOST for task in ended for attempt in task.attempts)
        settled = [sum(attempt.outcome is AttemptOutcome.OK for attempt in task.attempts) for task in ended]
        check(all(task.state is TaskState.OK for task in ended), "every task to end OK")
        check(lost > 0, "attempts that were lost with their worker")
        check(settled == [1] * len(ended), "every task to be settled once")
        say.print(f"worker-2 took over: {len(ended)} tasks ended OK, {lost} lost attempts were done again, none twice")


def _long_tasks() -> list[TaskSpec]:
    text = "\n\n".join(path.read_text(encoding="utf-8") for path in sorted(TEXTS.glob("*.txt")))
    text = (text * (LONG_TEXT // len(text) + 1))[:LONG_TEXT]
    return [TaskSpec.of("summarize", text=text, metadata={"part": str(part)}) for part in range(TASKS)]


def _worker(address: str, key: str, name: str) -> dict[str, str]:
    return {
        "AION_WORKER_SERVER": address,
        "AION_WORKER_API_KEY": key,
        "AION_WORKER_NAME": name,
        "AION_WORKER_HTTP_LISTEN": "127.0.0.1:0",
    }


def _until_some_run(client: Client, worker: "subprocess.Popen[bytes]") -> int:
    """How many tasks run, as soon as some do."""
    until = time.monotonic() + PATIENCE
    while worker.poll() is None and time.monotonic() < until:
        running_now = sum(1 for _ in client.tasks.list(states=[TaskState.RUNNING]))
        if running_now:
            return running_now
        time.sleep(0.02)
    log = log_file(DATA / "worker", "worker-1").read_text(errors="replace")
    raise SystemExit(f"demo: expected the first worker to lease a task (exit code {worker.poll()}):\n{log}")


def _ended(client: Client, task_id: str) -> Task:
    """The task, once it has ended."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        task = client.tasks.get(task_id)
        if task.ended:
            return task
        time.sleep(0.05)
    raise SystemExit(f"demo: expected {task_id} to end within {PATIENCE:.0f} s")
