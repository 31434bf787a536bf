"""`make demo`: AION's main job before your eyes. Starts a server, runs real tasks over every door, checks, stops it.

Exits 0 only when every answer was right. What is left behind in build/demo are compiled modules, which make the next
run quick.
"""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from rich.console import Console
from rich.table import Table

from aion.v1 import tasks_pb2, tasks_pb2_grpc
from aion_sdk import Client, Task

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT / "examples" / "texts"
DATA = ROOT / "build" / "demo"
BIN = Path(sys.executable).parent
START_SECONDS = 60.0
STOP_SECONDS = 30.0

say = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 140)


@dataclass(frozen=True, slots=True)
class Server:
    """Where the demo's server listens, and the key that it made."""

    grpc: str
    http: str
    api_key: str


def main() -> int:
    """Runs every step; the exit code says whether all of them were right."""
    began = time.monotonic()
    steps: tuple[tuple[str, Callable[[Server], None]], ...] = (
        ("gRPC: submit and wait", over_grpc),
        ("REST: submit and wait", over_rest),
        ("SSE: watch tokens arrive, cut the stream, resume at the offset", over_sse),
        ("Python SDK: the same key twice is one task", over_sdk),
        ("aionctl: from a file to a table", over_aionctl),
        ("What is wrong is refused, with the field and the remedy", refused),
    )
    with running_server() as server:
        say.print(f"[bold]AION serves[/] gRPC on {server.grpc} and HTTP on {server.http}; ready in {_since(began)}\n")
        for title, step in steps:
            say.rule(f"[bold]{title}", align="left")
            step(server)
            say.print()
        with client_of(server) as client:
            show_what_happened(client)
    say.print(f"\n[bold green]All right.[/] The server is stopped; the whole demo took {_since(began)}.")
    return 0


@contextmanager
def running_server() -> Iterator[Server]:
    """`aion dev` on free ports while the block runs, with an empty store and the compiled modules of the run before."""
    DATA.mkdir(parents=True, exist_ok=True)
    for old in DATA.glob("aion.db*"):
        old.unlink()
    (DATA / "dev-api-key").unlink(missing_ok=True)
    ready = DATA / "ready.json"
    ready.unlink(missing_ok=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AION_")}
    environment |= {
        "AION_DATA_DIR": str(DATA),
        "AION_GRPC_LISTEN": "127.0.0.1:0",
        "AION_HTTP_LISTEN": "127.0.0.1:0",
        "AION_CONFIG_DIR": str(ROOT / "examples" / "config"),
        "AION_LOG_LEVEL": "warning",
    }
    say.print("starting AION; the first time it compiles its modules ...")
    with (DATA / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [BIN / "aion", "dev", "--ready-file", ready], env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield _wait_until_ready(process, ready)
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def over_grpc(server: Server) -> None:
    """A raw stub of the generated contract: what any gRPC client does."""
    request = tasks_pb2.TaskRequest(intent="summarize", params={"text": _text("incident_report.en.txt")})
    request.wait.seconds = 10
    with grpc.insecure_channel(server.grpc) as channel:
        answer = tasks_pb2_grpc.AionTasksStub(channel).Submit(
            request, metadata=(("authorization", f"Bearer {server.api_key}"),)
        )
    summary = json.loads(answer.result_json)["summary"]
    _check(answer.status == "OK" and len(summary) > 50, f"a summary, not {answer.status}")
    say.print(f"[dim]examples/texts/incident_report.en.txt[/] -> {summary}")
    say.print(f"[dim]decided:[/] {answer.engine.name}, because {answer.engine.reason}")


def over_rest(server: Server) -> None:
    """Curl would do: JSON in, the canonical result out."""
    body = {"intent": "redact", "params": {"text": _text("support_email.en.txt")}}
    status, headers, answer = _http(server, "POST", "/v1/tasks", body, {"Prefer": "wait=10"})
    _check(status == 200 and answer["status"] == "OK", f"200 and OK, not {status} {answer}")
    found = Table("kind", "found", box=None, header_style="dim")
    for kind, count in answer["result"]["counts"].items():
        if count:
            found.add_row(kind, str(count))
    say.print(answer["result"]["text"].strip().splitlines()[0])
    say.print(found)
    say.print(f"[dim]location[/] {headers['location']}  [dim]trace[/] {headers['x-trace-id']}")


def over_sse(server: Server) -> None:
    """Reads one token over SSE, hangs up, and reads the rest from there; the text is whole."""
    body = {"intent": "summarize", "params": {"text": _text("marche_couvert.fr.txt"), "max_sentences": "4"}}
    _, _, task = _http(server, "POST", "/v1/tasks", body)
    path = f"/v1/stream/{task['task_id']}"
    first = next(_events(server, path, 0))
    rest = list(_events(server, path, first["offset"]))
    tokens = [first, *(event for event in rest if event["event"] == "token")]
    text = "".join(token["data"]["text"] for token in tokens)
    for token in tokens:
        say.print(f"[dim]{token['offset']:>3}[/] {token['data']['text'].strip()}")
    final = rest[-1]
    _check(final["event"] == "done", f"the last event is done, not {final['event']}")
    _check(text == final["data"]["result"]["summary"], "tokens before and after the cut make the summary")
    say.print(f"[dim]resumed after offset {first['offset']}; the pieces are the result, to the letter[/]")


def over_sdk(server: Server) -> None:
    """Idempotency: a retry finds its task instead of making another."""
    with client_of(server) as client:
        params = {"text": _text("meeting_notes.en.txt")}
        first = client.tasks.run("summarize", params, request_id="demo-meeting-notes")
        again = client.tasks.run("summarize", params, request_id="demo-meeting-notes")
    _check(first.ended and first.result is not None, f"a result, not {first.status}")
    _check(again.task_id == first.task_id and again.replayed, "the second call is a replay")
    say.print(f"{first.task_id} once, and again as a replay")
    say.print(first.result["summary"])


def over_aionctl(server: Server) -> None:
    """What a person types."""
    path = (TEXTS / "reclamation.fr.txt").relative_to(ROOT)
    command = ["aionctl", "run", "redact", "-p", f"text=@{path}"]
    say.print(f"$ {' '.join(command)}")
    environment = os.environ | {"AION_SERVER": server.grpc, "AION_API_KEY": server.api_key}
    done = subprocess.run(
        [BIN / command[0], *command[1:]], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    _check(done.returncode == 0, f"aionctl to end well: {done.stderr}")
    say.print("\n".join(line[:120] for line in done.stdout.splitlines()[:14]), markup=False)


def refused(server: Server) -> None:
    """Bad input gets a typed answer and leaves nothing behind."""
    body = {"intent": "summarize", "params": {"text": "Short."}, "sla": {"budget_usd": 0.0000001}}
    status, _, problem = _http(server, "POST", "/v1/tasks", body)
    _check(status == 400 and problem["reason"] == "BUDGET_INVALID", f"a typed refusal, not {status}")
    say.print(f"{status} {problem['reason']}: {problem['detail']}")
    status, _, problem = _http(server, "POST", "/v1/tasks", {"intent": "summarise", "params": {}})
    _check(problem["reason"] == "INTENT_NOT_FOUND", f"an unknown intent, not {status}")
    say.print(f"{status} {problem['reason']}: {problem['detail']}")


def show_what_happened(client: Client) -> None:
    """Every task of the demo: result, decision, attempts and usage."""
    tasks = [client.tasks.get(task.task_id) for task in client.tasks.list(page_size=3)]
    _check(len(tasks) == 5 and all(task.status == "OK" for task in tasks), "five tasks, all OK")
    table = Table(title="Tasks", title_justify="left")
    for column in ("task", "intent", "state", "engine", "attempts", "ms", "tokens", "fuel", "cost"):
        table.add_column(column, justify="right" if column in ("attempts", "ms", "tokens", "fuel", "cost") else "left")
    for task in tasks:
        table.add_row(*_row(task))
    say.print(table)
    decision = client.tasks.explain(tasks[-1].task_id)
    _check(any(not candidate.eligible for candidate in decision.candidates), "a candidate that was refused")
    reasons = Table(title=f"Why {tasks[-1].task_id} ran where it ran", title_justify="left")
    for column in ("rank", "candidate", "route", "eligible", "reason"):
        reasons.add_column(column)
    for candidate in decision.candidates:
        reasons.add_row(
            str(candidate.rank or "-"), candidate.engine, candidate.route, str(candidate.eligible), candidate.reason
        )
    say.print(reasons)


def client_of(server: Server) -> Client:
    """The SDK's client."""
    return Client(server.grpc, api_key=server.api_key)


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


def _http(
    server: Server, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], Any]:
    connection = http.client.HTTPConnection(server.http, timeout=30)
    given = {"Authorization": f"Bearer {server.api_key}", "Content-Type": "application/json"} | (headers or {})
    connection.request(method, path, json.dumps(body) if body is not None else None, given)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, answer


def _events(server: Server, path: str, after: int) -> Iterator[dict[str, Any]]:
    """The events of a stream, each {event, offset, data}, until its end or until the reader hangs up."""
    connection = http.client.HTTPConnection(server.http, timeout=30)
    connection.request("GET", path, headers={"Authorization": f"Bearer {server.api_key}", "Last-Event-ID": str(after)})
    event: dict[str, Any] = {}
    try:
        for raw in connection.getresponse():
            name, _, value = raw.decode().rstrip("\n").partition(": ")
            if name == "event":
                event["event"] = value
            elif name == "id":
                event["offset"] = int(value)
            elif name == "data":
                event["data"] = json.loads(value)
            elif not name and event:
                yield event
                event = {}
    finally:
        connection.close()


def _wait_until_ready(process: "subprocess.Popen[bytes]", ready: Path) -> Server:
    until = time.monotonic() + START_SECONDS
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > until:
            log = (DATA / "server.log").read_text(errors="replace")
            raise SystemExit(f"demo: AION did not start (exit code {process.poll()}):\n{log}")
        time.sleep(0.05)
    facts = json.loads(ready.read_text())
    return Server(facts["grpc"], facts["http"], facts["api_key"])


def _text(name: str) -> str:
    return (TEXTS / name).read_text(encoding="utf-8")


def _since(began: float) -> str:
    return f"{time.monotonic() - began:.1f} s"


def _check(right: bool, expected: str) -> None:
    if not right:
        raise SystemExit(f"demo: expected {expected}")


if __name__ == "__main__":
    sys.exit(main())
