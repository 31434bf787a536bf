"""One real task over each door of AION."""

import json

import grpc
from rich.table import Table

from aion.v1 import tasks_pb2, tasks_pb2_grpc
from scripts.demo.http_calls import call, events
from scripts.demo.places import BIN, ROOT, TEXTS, text
from scripts.demo.processes import Server, run
from scripts.demo.terminal import check, say


def over_grpc(server: Server) -> None:
    """A raw stub of the generated contract: what any gRPC client does."""
    request = tasks_pb2.TaskRequest(intent="summarize", params={"text": text("incident_report.en.txt")})
    request.wait.seconds = 10
    with grpc.insecure_channel(server.grpc) as channel:
        answer = tasks_pb2_grpc.AionTasksStub(channel).Submit(
            request, metadata=(("authorization", f"Bearer {server.api_key}"),)
        )
    summary = json.loads(answer.result_json)["summary"]
    check(answer.status == "OK" and len(summary) > 50, f"a summary, not {answer.status}")
    say.print(f"[dim]examples/texts/incident_report.en.txt[/] -> {summary}")
    say.print(f"[dim]decided:[/] {answer.engine.name}, because {answer.engine.reason}")


def over_rest(server: Server) -> None:
    """Curl would do: JSON in, the canonical result out."""
    body = {"intent": "redact", "params": {"text": text("support_email.en.txt")}}
    status, headers, answer = call(server, "POST", "/v1/tasks", body, {"Prefer": "wait=10"})
    check(status == 200 and answer["status"] == "OK", f"200 and OK, not {status} {answer}")
    found = Table("kind", "found", box=None, header_style="dim")
    for kind, count in answer["result"]["counts"].items():
        if count:
            found.add_row(kind, str(count))
    say.print(answer["result"]["text"].strip().splitlines()[0])
    say.print(found)
    say.print(f"[dim]location[/] {headers['location']}  [dim]trace[/] {headers['x-trace-id']}")


def over_sse(server: Server) -> None:
    """Reads one token over SSE, hangs up, and reads the rest from there; the text is whole."""
    body = {"intent": "summarize", "params": {"text": text("marche_couvert.fr.txt"), "max_sentences": "4"}}
    _, _, task = call(server, "POST", "/v1/tasks", body)
    path = f"/v1/stream/{task['task_id']}"
    first = next(events(server, path, 0))
    rest = list(events(server, path, first["offset"]))
    tokens = [first, *(event for event in rest if event["event"] == "token")]
    whole = "".join(token["data"]["text"] for token in tokens)
    for token in tokens:
        say.print(f"[dim]{token['offset']:>3}[/] {token['data']['text'].strip()}")
    final = rest[-1]
    check(final["event"] == "done", f"the last event is done, not {final['event']}")
    check(whole == final["data"]["result"]["summary"], "tokens before and after the cut make the summary")
    say.print(f"[dim]resumed after offset {first['offset']}; the pieces are the result, to the letter[/]")


def over_sdk(server: Server) -> None:
    """Idempotency: a retry finds its task instead of making another."""
    with server.client() as client:
        params = {"text": text("meeting_notes.en.txt")}
        first = client.tasks.run("summarize", params, request_id="demo-meeting-notes")
        again = client.tasks.run("summarize", params, request_id="demo-meeting-notes")
    check(first.ended and first.result is not None, f"a result, not {first.status}")
    check(again.task_id == first.task_id and again.replayed, "the second call is a replay")
    say.print(f"{first.task_id} once, and again as a replay")
    say.print(first.result["summary"])


def over_aionctl(server: Server) -> None:
    """What a person types."""
    path = (TEXTS / "reclamation.fr.txt").relative_to(ROOT)
    command = ["aionctl", "run", "redact", "-p", f"text=@{path}"]
    say.print(f"$ {' '.join(command)}")
    said = run([BIN / command[0], *command[1:]], AION_SERVER=server.grpc, AION_API_KEY=server.api_key)
    table, _, result = said.partition("\n{")
    check(bool(result), "a result below the table")
    say.print(table.strip(), markup=False)


def refused(server: Server) -> None:
    """Bad input gets a typed answer and leaves nothing behind."""
    body = {"intent": "summarize", "params": {"text": "Short."}, "sla": {"budget_usd": 0.0000001}}
    status, _, problem = call(server, "POST", "/v1/tasks", body)
    check(status == 400 and problem["reason"] == "BUDGET_INVALID", f"a typed refusal, not {status}")
    say.print(f"{status} {problem['reason']}: {problem['detail']}")
    status, _, problem = call(server, "POST", "/v1/tasks", {"intent": "summarise", "params": {}})
    check(problem["reason"] == "INTENT_NOT_FOUND", f"an unknown intent, not {status}")
    say.print(f"{status} {problem['reason']}: {problem['detail']}")
