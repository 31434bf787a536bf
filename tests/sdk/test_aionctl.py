"""aionctl from the outside: words in; stdout, stderr and an exit code out."""

import json
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import grpc
import pytest
import yaml

from aion.v1 import catalog_pb2, decisions_pb2, server_pb2, tasks_pb2, tickets_pb2
from tests.sdk.command_line import Call
from tests.sdk.double import LOG, TOKEN, Double, answer, refuse, stream_messages, task, watch_from_the_log

Code = grpc.StatusCode
EVIL = "\x1b]0;owned\x07\u202eevil\x9b"


def test_submit_reads_files_and_stdin_and_prints_the_task(double: Double, aionctl: Call, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("from a file")
    double.script("Submit", answer(task("PENDING")))
    done = aionctl(
        *("submit", "summarize", "-p", f"text=@{tmp_path / 'text'}", "-p", "style=@-", "-p", "at=@@home"),
        *("--label", "team=a", "--budget-usd", "0.5", "--privacy", "local-only", "--request-id", "r1", "-o", "json"),
        stdin="plain",
    )
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert (printed["task_id"], printed["state"], printed["result"]) == ("t1", "PENDING", None)
    sent = double.seen[0].request
    assert dict(sent.params) == {"text": "from a file", "style": "plain", "at": "@home"}
    assert dict(sent.metadata) == {"team": "a"}
    assert (sent.sla.budget_micros, sent.sla.privacy, sent.request_id) == (500_000, "local-only", "r1")
    assert double.seen[0].metadata["authorization"] == "Bearer aion_key"


def test_typed_input_comes_from_stdin_as_json(double: Double, aionctl: Call) -> None:
    double.script("Submit", answer(task("PENDING")))
    aionctl("submit", "summarize", "--params-json", "@-", stdin='{"n":1}')
    assert double.seen[0].request.params_json == '{"n":1}'


def test_run_shows_the_result_as_a_table(double: Double, aionctl: Call) -> None:
    attempt = {"number": 1, "engine": "module:summarize@1.0.0", "outcome": 2}
    double.script("Submit", answer(task("OK", attempts=[attempt], usage={"cost_micros": 1_500_000, "latency_ms": 12})))
    done = aionctl("run", "summarize", "-p", "text=long")
    assert done.returncode == 0
    assert "module:summarize@1.0.0" in done.stdout
    assert "1.500000 USD" in done.stdout
    assert '"summary": "short"' in done.stdout


def test_a_failed_task_is_exit_code_1(double: Double, aionctl: Call) -> None:
    double.script("Submit", answer(task("ERROR", error={"code": "MODULE_TRAPPED", "message": "it trapped"})))
    done = aionctl("run", "summarize", "-p", "text=long")
    assert done.returncode == 1
    assert "MODULE_TRAPPED: it trapped" in done.stdout


def test_run_with_stream_writes_the_text_to_stdout_and_the_rest_to_stderr(double: Double, aionctl: Call) -> None:
    double.script("Stream", answer(stream_messages()))
    done = aionctl("run", "summarize", "-p", "text=long", "--stream")
    assert done.returncode == 0
    assert done.stdout == "lost one two\n"
    assert "attempt 2 begins: the text from event 1 on is void" in done.stderr
    assert "log: half way" in done.stderr
    assert "task t1 OK" in done.stderr


def test_watch_in_json_is_a_line_for_each_event_and_one_for_the_task(double: Double, aionctl: Call) -> None:
    double.script("Watch", watch_from_the_log)
    done = aionctl("watch", "t1", "--after", "2", "-o", "json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["offset"] for line in lines[:-1]] == [3, 4, 5, 6]
    assert lines[-2]["data"] == {"summary": "short"}
    assert lines[-1]["state"] == "OK"


def test_list_shows_every_task_and_passes_the_filters_on(double: Double, aionctl: Call) -> None:
    page = tasks_pb2.ListTasksResponse(tasks=[task(task_id="a" * 64), task("ERROR", task_id="b")])
    double.script("ListTasks", answer(page))
    done = aionctl("list", "--state", "ok", "--state", "ERROR", "--intent", "summarize", "--limit", "7")
    assert "a" * 64 in done.stdout
    assert len(done.stdout.splitlines()) == 3
    request = double.seen[0].request
    assert (list(request.states), request.intent, request.page_size) == ([3, 4], "summarize", 7)


def test_route_explain_shows_each_candidate_with_its_reason(double: Double, aionctl: Call) -> None:
    refusal = decisions_pb2.Refusal(reason=1, message="the data may not leave")
    candidates = [
        decisions_pb2.Candidate(engine="module:a@1.0.0", eligible=True, rank=1, reason="free and near"),
        decisions_pb2.Candidate(engine="model:b", refusals=[refusal]),
    ]
    decision = decisions_pb2.Decision(engine="module:a@1.0.0", chosen_by="ai-router", candidates=candidates)
    double.script("ExplainDecision", answer(tasks_pb2.ExplainDecisionResponse(decision=decision)))
    shown = aionctl("route", "explain", "t1").stdout
    assert "free and near" in shown
    assert "PRIVACY: the data may not leave" in shown
    parsed = yaml.safe_load(aionctl("route", "explain", "t1", "-o", "yaml").stdout)
    assert parsed["candidates"][1]["refusals"][0]["reason"] == "PRIVACY"


def test_cancel_intents_modules_and_server_info_answer(double: Double, aionctl: Call) -> None:
    double.script("Cancel", answer(tasks_pb2.CancelResponse(task=task("CANCELED"))))
    double.script("ListIntents", answer(catalog_pb2.ListIntentsResponse(intents=[{"name": "summarize"}])))
    module = {"name": "redact", "version": "1.0.0", "health": 2, "health_reason": "no such file"}
    double.script("ListModules", answer(catalog_pb2.ListModulesResponse(modules=[module])))
    double.script("GetServerInfo", answer(server_pb2.GetServerInfoResponse(version="0.1.0")))
    canceled = aionctl("cancel", "t1")
    assert "CANCELED" in canceled.stdout
    assert canceled.stderr == ""
    assert "summarize" in aionctl("intents").stdout
    assert "no such file" in aionctl("modules").stdout
    assert json.loads(aionctl("server", "info", "-o", "json").stdout)["version"] == "0.1.0"


def test_control_characters_of_others_never_reach_the_terminal(double: Double, aionctl: Call) -> None:
    evil = task("OK", metadata={"k": EVIL}, result_json=json.dumps({"summary": EVIL}, ensure_ascii=False))
    double.script("StatusById", answer(evil))
    events = [task("RUNNING", event={"offset": n, "kind": kind, "text": EVIL}) for n, kind in ((1, TOKEN), (2, LOG))]
    double.script("Stream", answer([task("PENDING"), *events, task("OK", last_offset=2)]))
    double.script("Cancel", refuse(Code.NOT_FOUND, "TASK_NOT_FOUND", EVIL))
    for words in (("get", "t1"), ("get", "t1", "-o", "json"), ("run", "summarize", "--stream"), ("cancel", "t1")):
        done = aionctl(*words)
        assert not set("\x1b\x07\u202e\x9b") & set(done.stdout + done.stderr), words
        assert "owned" in done.stdout + done.stderr
    assert json.loads(aionctl("get", "t1", "-o", "json").stdout)["result"] == {"summary": EVIL}


def test_cancel_says_when_there_was_nothing_left_to_cancel(double: Double, aionctl: Call) -> None:
    double.script("Cancel", answer(tasks_pb2.CancelResponse(task=task("OK"))))
    done = aionctl("cancel", "t1", "-o", "json")
    assert (done.returncode, json.loads(done.stdout)["state"]) == (0, "OK")
    assert done.stderr == "task t1 had already ended OK; nothing was canceled\n"


@pytest.mark.parametrize(("given", "seconds"), [("300", 300), ("5m", 300), ("1500ms", 1.5), ("0.5h", 1800)])
def test_a_time_is_seconds_or_has_a_unit(double: Double, aionctl: Call, given: str, seconds: float) -> None:
    double.script("Submit", answer(task("PENDING")))
    before = datetime.now(UTC)
    done = aionctl("submit", "summarize", "--expire-in", given)
    after = datetime.now(UTC)
    assert done.returncode == 0, done.stderr
    span = timedelta(seconds=seconds)
    assert before + span <= double.seen[0].request.expire_time.ToDatetime(tzinfo=UTC) <= after + span


@pytest.mark.parametrize(
    ("schema", "params"),
    [
        ({"properties": {"language": {}, "text": {}}, "required": ["text"]}, "text, language?"),
        ({"type": "object"}, ""),
        (True, ""),
        (None, ""),
    ],
)
def test_intents_names_the_params_of_each(double: Double, aionctl: Call, schema: object, params: str) -> None:
    document = "" if schema is None else json.dumps(schema)
    intent = {"name": "summarize", "input_schema_json": document, "engines": ["module:a@1.0.0"]}
    double.script("ListIntents", answer(catalog_pb2.ListIntentsResponse(intents=[intent])))
    heads, row = aionctl("intents").stdout.splitlines()
    assert heads.split()[:2] == ["INTENT", "PARAMS"]
    assert row[len("summarize") : row.index("module:")].strip() == params


def test_server_info_tells_times_in_words(double: Double, aionctl: Call) -> None:
    info = server_pb2.GetServerInfoResponse(version="0.1.0")
    info.idempotency_retention.FromSeconds(86_400)
    info.max_wait.FromSeconds(90)
    double.script("GetServerInfo", answer(info))
    shown = [line.split() for line in aionctl("server", "info").stdout.splitlines()]
    assert ["request", "ids", "kept", "24", "h"] in shown
    assert ["longest", "wait", "90", "s"] in shown


def test_the_version_is_that_of_the_distribution(aionctl: Call) -> None:
    assert aionctl("--version") == (0, f"aionctl {version('aion-tasks-sdk')}\n", "")
    assert aionctl("version") == aionctl("--version")


@pytest.mark.parametrize(
    ("words", "task_id"), [((), ""), (("t1",), "t1"), (("--task", "t1"), "t1"), (("t1", "--task", "t1"), "t1")]
)
def test_the_task_of_a_ticket_is_said_by_place_or_by_name(
    double: Double, aionctl: Call, words: tuple[str, ...], task_id: str
) -> None:
    double.script("CreateTicket", answer(tickets_pb2.CreateTicketResponse(ticket="aiont_secret")))
    assert aionctl("tickets", "create", *words).stdout == "aiont_secret\n"
    assert double.seen[0].request.task_id == task_id


def test_a_ticket_for_two_tasks_is_refused(double: Double, aionctl: Call) -> None:
    done = aionctl("tickets", "create", "t1", "--task", "t2")
    assert (done.returncode, double.seen) == (2, [])
    assert "not for t1 and t2" in " ".join(done.stderr.replace("│", " ").split())
