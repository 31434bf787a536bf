"""What aionctl says when a call is refused, nobody answers or its words are wrong: on stderr, with an exit code."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import grpc
import pytest

from tests.sdk.command_line import Call
from tests.sdk.double import Double, answer, refuse, task

Code = grpc.StatusCode


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


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("Submit", ("submit", "summarize")),
        ("Retry", ("retry", "t1")),
        ("TriggerSchedule", ("schedules", "trigger", "nightly")),
        ("CreateWebhook", ("webhooks", "create", "https://example.org/hook")),
        ("RotateWebhookSecret", ("webhooks", "rotate-secret", "w1")),
    ],
)
@pytest.mark.parametrize("code", [Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED])
def test_a_lost_answer_is_told_with_the_key_that_does_nothing_twice(
    double: Double, aionctl: Call, code: grpc.StatusCode, method: str, words: tuple[str, ...]
) -> None:
    double.script(method, refuse(code, "OUTCOME_UNKNOWN" if code is Code.UNAVAILABLE else "CALL_DEADLINE_EXCEEDED"))
    done = aionctl(*words)
    (key,) = {call.request.request_id for call in double.calls(method)}
    assert done.returncode == 6
    assert f"the same command with --request-id {key}" in done.stderr
    aionctl(*words, "--request-id", "mine")
    assert double.seen[-1].request.request_id == "mine"
