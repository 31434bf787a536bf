"""aionctl from the outside: words in; stdout, stderr and an exit code out."""

import json
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from pathlib import Path
from threading import Thread

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


@pytest.mark.parametrize(
    ("code", "reason", "exit_code"),
    [
        (Code.UNAUTHENTICATED, "UNAUTHENTICATED", 3),
        (Code.PERMISSION_DENIED, "PERMISSION_DENIED", 3),
        (Code.NOT_FOUND, "TASK_NOT_FOUND", 4),
        (Code.INVALID_ARGUMENT, "VALIDATION_FAILED", 5),
        (Code.ALREADY_EXISTS, "TASK_ALREADY_EXISTS", 5),
        (Code.FAILED_PRECONDITION, "NO_ELIGIBLE_ENGINE", 5),
        (Code.UNAVAILABLE, "DRAINING", 6),
        (Code.DEADLINE_EXCEEDED, "CALL_DEADLINE_EXCEEDED", 6),
        (Code.INTERNAL, "INTERNAL", 7),
    ],
)
def test_a_refused_call_is_explained_on_stderr(
    double: Double, aionctl: Call, code: grpc.StatusCode, reason: str, exit_code: int
) -> None:
    step = refuse(code, reason, "no, because", violations={"params.text": "give one"}, request_id="req-7")
    double.script("StatusById", step)
    done = aionctl("get", "t1")
    assert done.returncode == exit_code
    assert done.stdout == ""
    assert f"error: no, because [{reason}]" in done.stderr
    assert "params.text: give one" in done.stderr
    assert "request id req-7" in done.stderr


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("submit", "summarize", "-p", "text"), "NAME=VALUE"),
        (("submit", "summarize", "-p", "a=1", "-p", "a=2"), "twice"),
        (("submit", "summarize", "-p", "a=@/no/such/file"), "cannot read"),
        (("submit", "summarize", "-p", "a=@-", "-p", "b=@-"), "once"),
        (("submit", "summarize", "--budget-usd", "nan"), "'nan' is no amount"),
        (("submit", "summarize", "--expire-in", "soon"), "'soon' is no time; give seconds, such as 300"),
        (("submit", "summarize", "--expire-in", "9999999d"), "9999999d is too long"),
        (("submit", "summarize", "--wait", "2m"), "2m is too long; give at most 60 s"),
        (("get", "t1", "--timeout", "0"), "0 is too short"),
        (("get", "t1", "-o", "csv"), "'csv' is none of table, json, yaml"),
        (("list", "--state", "lost"), "'lost' is none of"),
        (("get", "t1", "--server", "aion.example"), "unencrypted"),
        (("get",), "Missing argument"),
    ],
)
def test_wrong_usage_is_exit_code_2_and_sends_nothing(
    double: Double, aionctl: Call, words: tuple[str, ...], complaint: str
) -> None:
    done = aionctl(*words)
    assert done.returncode == 2
    assert complaint in " ".join(done.stderr.replace("│", " ").split())
    assert "Value error" not in done.stderr
    assert double.seen == []


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


@pytest.mark.parametrize(
    ("api_key", "hint"),
    [
        ("", "no API key was sent: set AION_API_KEY, give --api-key, or use a context with a key"),
        ("zzz", "the server does not know the key that the context, --api-key or AION_API_KEY gave"),
    ],
)
def test_without_a_known_key_the_message_says_where_to_put_one(
    double: Double, aionctl: Call, api_key: str, hint: str
) -> None:
    double.script("ListIntents", refuse(Code.UNAUTHENTICATED, "UNAUTHENTICATED", "No credentials"))
    done = aionctl("intents", *(("--api-key", api_key) if api_key else ()), AION_API_KEY="")
    assert done.returncode == 3
    assert f"  {hint}\n" in done.stderr


@pytest.mark.parametrize(("given", "seconds"), [("300", 300), ("5m", 300), ("1500ms", 1.5), ("0.5h", 1800)])
def test_a_time_is_seconds_or_has_a_unit(double: Double, aionctl: Call, given: str, seconds: float) -> None:
    double.script("Submit", answer(task("PENDING")))
    before = datetime.now(UTC)
    done = aionctl("submit", "summarize", "--expire-in", given)
    after = datetime.now(UTC)
    assert done.returncode == 0, done.stderr
    span = timedelta(seconds=seconds)
    assert before + span <= double.seen[0].request.expire_time.ToDatetime(tzinfo=UTC) <= after + span


def test_a_fact_that_a_field_tells_already_is_not_told_twice(double: Double, aionctl: Call) -> None:
    step = refuse(
        Code.INVALID_ARGUMENT,
        "INTENT_NOT_FOUND",
        "there is no intent sumarize",
        violations={"intent": "must be an intent of this server"},
        facts={"intent": "sumarize", "limit": "7"},
    )
    double.script("Submit", step)
    lines = aionctl("submit", "sumarize").stderr.splitlines()
    assert [line for line in lines if line.startswith("  intent:")] == ["  intent: must be an intent of this server"]
    assert "  limit: 7" in lines


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
    ("words", "complaint"),
    [
        (("run", "x", "--p95-ms", "-1"), "'--p95-ms': -1 is too small; give 1 or more"),
        (("run", "x", "--p95-ms", "fast"), "'--p95-ms': 'fast' is no whole number; give 1 or more"),
        (("run", "x", "--budget-usd", "-1"), "'--budget-usd': '-1' is no amount; give 0 or more dollars"),
        (("list", "--limit", "0"), "'--limit': 0 is too small; give 1 or more"),
        (("webhooks", "list", "--limit", "0"), "'--limit': 0 is too small; give 1 or more"),
        (("schedules", "list", "--limit", "0"), "'--limit': 0 is too small; give 1 or more"),
        (("watch", "t1", "--after", "-1"), "'--after': -1 is too small; give 0 or more"),
        (("events", "t1", "--after", "-1"), "'--after': -1 is too small; give 0 or more"),
        (("batch", "-", "--concurrency", "65"), "'--concurrency': 65 is too large; give from 1 to 64"),
    ],
)
def test_a_number_out_of_bounds_is_refused_with_its_option_and_the_bound(
    double: Double, aionctl: Call, words: tuple[str, ...], complaint: str
) -> None:
    done = aionctl(*words)
    assert (done.returncode, double.seen) == (2, [])
    assert complaint in " ".join(done.stderr.replace("│", " ").split())


def test_a_port_that_speaks_http_1_is_told_from_one_where_nothing_runs(aionctl: Call) -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as rest:
        serving = Thread(target=rest.serve_forever)
        serving.start()
        done = aionctl("intents", "--server", f"http://127.0.0.1:{rest.server_port}")
        rest.shutdown()
        serving.join()
    assert done.returncode == 6
    assert "that port speaks no gRPC: a server is gRPC's host:port, by default 127.0.0.1:50051" in done.stderr
    assert "give gRPC's host:port by --server, AION_SERVER or a context" in done.stderr


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


def test_where_nothing_listens_the_message_says_what_to_check(aionctl: Call) -> None:
    done = aionctl("get", "t1", "--server", "unix:/no/such/socket", "--timeout", "1")
    assert done.returncode == 6
    assert "--server, AION_SERVER or a context says where" in done.stderr


def test_help_names_the_exit_codes(aionctl: Call) -> None:
    assert "Exit codes" in aionctl("--help").stdout


def test_a_result_that_is_no_json_is_a_defect_of_the_server(double: Double, aionctl: Call) -> None:
    double.script("StatusById", answer(task("OK", result_json="{")))
    done = aionctl("get", "t1", "-o", "json")
    assert done.returncode == 7
    assert "not JSON" in done.stderr
