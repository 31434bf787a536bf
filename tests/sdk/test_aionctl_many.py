"""aionctl with many tasks: batch, wait, events, retry, dry runs; over the SDK's own fake."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from aion_sdk.testing import FakeAion
from tests.sdk.command_line import Call, calling


@pytest.fixture
def aion() -> Iterator[FakeAion]:
    with FakeAion() as fake:
        fake.on("upper").returns(lambda spec: {"text": (spec.params or json.loads(spec.params_json))["text"].upper()})
        yield fake


@pytest.fixture
def aionctl(aion: FakeAion, tmp_path: Path) -> Call:
    return calling(tmp_path / "home", AION_SERVER=aion.target)


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    path = tmp_path / "letters.csv"
    path.write_text('text,language\none,en\n"two, and\nmore",fr\none,en\n')
    return path


def test_batch_makes_a_task_of_each_line_of_a_csv_file(aion: FakeAion, aionctl: Call, letters: Path) -> None:
    done = aionctl("batch", str(letters), "--intent", "upper", "--label", "team=a")
    assert done.returncode == 0, done.stderr
    results = {line["line"]: line for line in lines(done.stdout)}
    assert sorted(results) == [2, 4, 5]
    assert [results[n]["result"] for n in (2, 4, 5)] == [{"text": t} for t in ("ONE", "TWO, AND\nMORE", "ONE")]
    assert {spec.params["language"] for spec in aion.submitted} == {"en", "fr"}
    assert all(spec.metadata == {"team": "a"} for spec in aion.submitted)
    assert done.stderr == "letters.csv: 3 OK\n"


def test_the_same_file_again_makes_no_second_tasks_and_another_name_does(
    aion: FakeAion, aionctl: Call, letters: Path
) -> None:
    first = lines(aionctl("batch", str(letters), "--intent", "upper").stdout)
    again = lines(aionctl("batch", str(letters), "--intent", "upper").stdout)
    assert {line["task_id"] for line in again} == {line["task_id"] for line in first}
    assert [line["replayed"] for line in again] == [True] * 3
    assert len(aion.submitted) == 3
    aionctl("batch", str(letters), "--intent", "upper", "--name", "another")
    assert len(aion.submitted) == 6


def test_another_promise_is_another_task_and_no_conflict(aion: FakeAion, aionctl: Call, letters: Path) -> None:
    aionctl("batch", str(letters), "--intent", "upper")
    assert aionctl("batch", str(letters), "--intent", "upper", "--budget-usd", "0.5").returncode == 0
    assert len(aion.submitted) == 6


def test_lines_that_had_ended_in_the_results_are_skipped(
    aion: FakeAion, aionctl: Call, letters: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    words = ("batch", str(letters), "--intent", "upper", "--results", str(out))
    assert aionctl(*words).stdout == ""
    whole = out.read_text()
    cut = whole[: whole.rindex('"request_id"')]  # as after a kill in the middle of the last line
    out.write_text(cut)
    done = aionctl(*words)
    assert done.stderr == "letters.csv: 1 OK, 2 done before\n"
    assert len(aion.submitted) == 3
    assert len({line["line"] for line in lines(whole)}) == 3


def test_a_batch_continues_a_file_whose_last_line_was_cut_on_a_line_of_its_own(
    aionctl: Call, letters: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text('{"line": 2, "request')
    aionctl("batch", str(letters), "--intent", "upper", "--results", str(out))
    assert len(lines(out.read_text().split("\n", 1)[1])) == 3


def test_lines_of_json_are_params_or_whole_tasks(aion: FakeAion, aionctl: Call, tmp_path: Path) -> None:
    (tmp_path / "params.jsonl").write_text('{"text": "a"}\n\n{"text": "b", "n": 3}\n')
    done = aionctl("batch", str(tmp_path / "params.jsonl"), "--intent", "upper")
    assert sorted(line["line"] for line in lines(done.stdout)) == [1, 3]
    assert {json.dumps(spec.params) + spec.params_json for spec in aion.submitted} == {
        '{"text": "a"}',
        '{}{"text": "b", "n": 3}',
    }
    whole = '{"intent": "upper", "params": {"text": "c"}, "request_id": "mine", "metadata": {"k": "v"}}\n'
    done = aionctl("batch", "-", stdin=whole)
    assert lines(done.stdout)[0]["request_id"] == "mine"
    assert aion.submitted[-1].metadata == {"k": "v"}


def test_columns_can_be_chosen_and_renamed(aion: FakeAion, aionctl: Call, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("\ufeffbody,secret\nhello,x\n")
    aionctl("batch", str(tmp_path / "table.csv"), "--intent", "upper", "-c", "body=text")
    assert dict(aion.submitted[0].params) == {"text": "hello"}


@pytest.mark.parametrize(
    ("name", "content", "words", "complaint"),
    [
        ("a.csv", "text\na\nb,c\n", ("--intent", "upper"), "line 3: it has not 1 fields"),
        ("a.csv", "text\na\n", (), "line 1: a CSV file has no intents"),
        ("a.csv", "text\na\n", ("--intent", "upper", "-c", "body"), "line 1: there is no column 'body'"),
        ("a.csv", 'text\n"a\n', ("--intent", "upper"), "unexpected end of data"),
        ("a.jsonl", "{\n", ("--intent", "upper"), "line 1: it is not JSON"),
        ("a.jsonl", "[]\n", ("--intent", "upper"), "line 1: it is not a JSON object"),
        ("a.jsonl", '{"params": {}}\n', (), "line 1: it names no intent"),
        ("a.jsonl", '{"intent": "upper", "parms": {}}\n', (), "line 1: there is no 'parms'"),
        ("a.jsonl", '{"intent": "upper", "params": []}\n', (), "line 1: intent is a string, params an object"),
        ("a.jsonl", '{"intent": "upper", "params": {}, "params_json": {}}\n', (), "not both"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(
    aionctl: Call, tmp_path: Path, name: str, content: str, words: tuple[str, ...], complaint: str
) -> None:
    (tmp_path / name).write_text(content)
    done = aionctl("batch", str(tmp_path / name), *words)
    assert done.returncode == 2
    assert complaint in done.stderr


@pytest.mark.parametrize("more", [(), ("--submit-only",)])
@pytest.mark.parametrize(
    ("content", "submitted", "words"),
    [("{\n", 0, "nothing was submitted"), ('{"text": "a"}\n{\n', 1, "the lines before it were submitted")],
)
def test_whether_lines_before_a_wrong_one_were_submitted_is_told_as_it_is(
    aion: FakeAion, aionctl: Call, tmp_path: Path, content: str, submitted: int, words: str, more: tuple[str, ...]
) -> None:
    (tmp_path / "a.jsonl").write_text(content)
    done = aionctl("batch", str(tmp_path / "a.jsonl"), "--intent", "upper", *more)
    assert (done.returncode, len(aion.submitted)) == (2, submitted)
    assert words in done.stderr
    assert "nothing to do" not in done.stderr


@pytest.mark.parametrize(
    "words", [("batch", "/no/such/file.csv", "--intent", "upper"), ("batch", "-", "--results", "/")]
)
def test_a_file_that_cannot_be_used_is_wrong_usage(aionctl: Call, words: tuple[str, ...]) -> None:
    done = aionctl(*words)
    assert done.returncode == 2
    assert "cannot" in done.stderr


def test_what_failed_was_refused_or_may_pass_later_is_told_and_is_the_exit_code(
    aion: FakeAion, aionctl: Call, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_text('{"n": "1"}\n{"n": "2"}\n')
    aion.on("mixed").fails("MODULE_TRAPPED", "it trapped").returns({})
    done = aionctl("batch", str(tmp_path / "a.jsonl"), "--intent", "mixed", "--concurrency", "1")
    assert (done.returncode, "MODULE_TRAPPED: it trapped" in done.stderr) == (1, True)
    aion.on("refused").refuses("NO_ELIGIBLE_ENGINE", "too dear").returns({})
    done = aionctl("batch", str(tmp_path / "a.jsonl"), "--intent", "refused", "--concurrency", "1")
    assert done.returncode == 5
    first, second = lines(done.stdout)
    assert (first["error"]["reason"], first["state"], second["state"]) == ("NO_ELIGIBLE_ENGINE", None, "OK")  # type: ignore[index]
    done = aionctl("batch", str(tmp_path / "a.jsonl"), "--intent", "upper", AION_SERVER="127.0.0.1:1")
    assert done.returncode == 6
    assert "2 to try again" in done.stderr


def test_a_full_queue_is_waited_for(aion: FakeAion, aionctl: Call, letters: Path) -> None:
    aion.refuse_calls("QUEUE_FULL", times=4, retry_after=0.01)
    assert aionctl("batch", str(letters), "--intent", "upper").returncode == 0
    assert len(aion.submitted) == 3


def test_a_full_queue_is_waited_for_by_submit_only_too(aion: FakeAion, aionctl: Call, letters: Path) -> None:
    aion.on("busy").refuses("QUEUE_FULL", retry_after=0.01).returns({}).refuses("QUEUE_FULL", retry_after=0.01).returns(
        {}
    )
    done = aionctl("batch", str(letters), "--intent", "busy", "--submit-only")
    assert (done.returncode, len(aion.submitted)) == (0, 3)
    assert [line["line"] for line in lines(done.stdout)] == [2, 4, 5]


def test_submit_only_waits_for_none(aion: FakeAion, aionctl: Call, tmp_path: Path) -> None:
    aion.on("slow").holds()
    (tmp_path / "many.jsonl").write_text("".join(f'{{"n": "{n}"}}\n' for n in range(150)))
    done = aionctl("batch", str(tmp_path / "many.jsonl"), "--intent", "slow", "--submit-only")
    assert (done.returncode, done.stderr) == (0, "many.jsonl: 150 submitted\n")
    assert aion.calls == ["SubmitBatch"] * 2


def test_no_more_tasks_are_in_flight_than_asked_for(aion: FakeAion, aionctl: Call, tmp_path: Path) -> None:
    (tmp_path / "many.jsonl").write_text("".join(f'{{"text": "{n}"}}\n' for n in range(20)))
    done = aionctl("batch", str(tmp_path / "many.jsonl"), "--intent", "upper", "--concurrency", "1")
    assert [line["line"] for line in lines(done.stdout)] == list(range(1, 21))


def test_wait_tells_the_end_of_each_and_the_worst_as_exit_code(aion: FakeAion, aionctl: Call) -> None:
    with aion.client() as client:
        good = client.tasks.submit("upper", text="a").task_id
        bad = client.tasks.submit("upper", {"nothing": "here"}).task_id
    assert aionctl("wait", good).returncode == 0
    done = aionctl("wait", good, bad, good)
    assert done.returncode == 1
    assert f"task {bad} ERROR" in done.stderr
    assert len(done.stdout.splitlines()) == 3
    done = aionctl("wait", good, "nothing", "-o", "json")
    assert [line["task_id"] for line in lines(done.stdout)] == [good]
    assert (done.returncode, lines(done.stderr)[0]["error"]["reason"]) == (4, "TASK_NOT_FOUND")  # type: ignore[index]


def test_wait_gives_up_after_its_timeout(aion: FakeAion, aionctl: Call) -> None:
    aion.on("slow").holds()
    with aion.client() as client:
        task_id = client.tasks.submit("slow").task_id
    done = aionctl("wait", task_id, "--timeout", "200ms")
    assert done.returncode == 6
    assert f"task {task_id}:" in done.stderr


def test_events_are_lines_of_json_up_to_now_or_to_the_end(aion: FakeAion, aionctl: Call) -> None:
    aion.on("story").streams(["one ", "two"]).holds().returns({})
    with aion.client() as client:
        task_id = client.tasks.submit("story").task_id
    assert [line["offset"] for line in lines(aionctl("events", task_id).stdout)] == [1, 2]
    assert [line["text"] for line in lines(aionctl("events", task_id, "--after", "1").stdout)] == ["two"]
    assert aionctl("events", task_id, "--after", "2").stdout == ""
    aion.release(task_id)
    assert [line["kind"] for line in lines(aionctl("events", task_id, "-f").stdout)] == ["TOKEN", "TOKEN", "DONE"]


def test_retry_submits_again_and_names_the_task_before(aion: FakeAion, aionctl: Call) -> None:
    aion.on("flaky").fails().returns({"ok": True})
    failed = json.loads(aionctl("run", "flaky", "-o", "json").stdout)
    checked = aionctl("retry", failed["task_id"], "--dry-run")
    assert ("nothing was submitted" in checked.stderr, len(aion.tasks)) == (True, 1)
    new = json.loads(aionctl("retry", failed["task_id"], "--request-id", "r", "-o", "json").stdout)
    assert (new["retry_of"], aionctl("wait", new["task_id"]).returncode) == (failed["task_id"], 0)


def test_a_dry_run_shows_the_decision_and_submits_nothing(aion: FakeAion, aionctl: Call) -> None:
    done = aionctl("submit", "upper", "-p", "text=a", "--dry-run")
    assert "the fake has one engine, for upper" in done.stdout
    assert done.stderr == "dry run: the task would be accepted; nothing was submitted\n"
    assert json.loads(aionctl("run", "upper", "--dry-run", "-o", "json").stdout)["engine"] == "fake"
    assert aion.tasks == []
    assert aionctl("submit", "nothing", "--dry-run").returncode == 5


def test_times_before_the_start_are_sent(aion: FakeAion, aionctl: Call) -> None:
    words = ("submit", "upper", "-p", "text=a", "--not-before", "2100-01-01T00:00:00Z", "--max-queue-time", "5m")
    task = json.loads(aionctl(*words, "-o", "json").stdout)
    assert (task["not_before"], task["queue_expire_time"]) == ("2100-01-01T00:00:00Z", "2100-01-01T00:05:00Z")
    assert "not before" in aionctl("get", task["task_id"]).stdout
    assert "no time zone" in aionctl(*words[:5], "2100-01-01T00:00:00").stderr
    assert "'soon' is no time" in aionctl(*words[:5], "soon").stderr


def test_an_error_for_programs_is_one_json_object_on_stderr(aion: FakeAion, aionctl: Call) -> None:
    aion.on("refused").refuses("RATE_LIMITED", "slower", retry_after=60, violations={"sla": "wait"})
    done = aionctl("submit", "refused", "-o", "json")
    (error,) = [line["error"] for line in lines(done.stderr)]
    assert (done.returncode, done.stdout) == (6, "")
    told = {name: error[name] for name in ("reason", "code", "message", "retry_after", "exit_code")}  # type: ignore[index]
    assert told == {
        "reason": "RATE_LIMITED",
        "code": "RESOURCE_EXHAUSTED",
        "message": "slower",
        "retry_after": 60,
        "exit_code": 6,
    }
    assert error["violations"] == [{"field": "sla", "description": "wait"}]  # type: ignore[index]
    assert len(error["request_id"]) == 36  # type: ignore[index]
    unsent = aionctl("get", "t1", "--server", "aion.example", "--api-key", "k", "-o", "json")
    assert (unsent.returncode, lines(unsent.stderr)[0]["error"]["exit_code"]) == (2, 2)  # type: ignore[index]


def test_schedules_are_made_changed_triggered_and_deleted(aion: FakeAion, aionctl: Call) -> None:
    made = aionctl(
        *("schedules", "create", "nightly", "upper", "-p", "text=a", "--cron", "30 6 * * *"),
        *("--time-zone", "Europe/Paris", "--overlap", "cancel", "-o", "json"),
    )
    assert json.loads(made.stdout)["task"]["params"] == {"text": "a"}
    assert "Europe/Paris" in aionctl("schedules", "list").stdout
    assert (
        json.loads(aionctl("schedules", "update", "nightly", "--cron", "@daily", "-o", "json").stdout)["cron"]
        == "@daily"
    )
    assert aionctl("schedules", "update", "nightly").returncode == 2
    assert "paused: holidays" in aionctl("schedules", "pause", "nightly", "--note", "holidays").stdout
    assert "paused" not in aionctl("schedules", "resume", "nightly").stdout
    task = json.loads(aionctl("schedules", "trigger", "nightly", "-o", "json").stdout)
    assert task["schedule_id"] == "nightly"
    assert aionctl("schedules", "delete", "nightly").stderr == "schedule nightly deleted\n"
    assert aionctl("schedules", "get", "nightly").returncode == 4


def test_webhooks_show_their_secret_once_and_tickets_are_printed_alone(aion: FakeAion, aionctl: Call) -> None:
    made = aionctl("webhooks", "create", "https://example.org/hook", "--state", "ok", "--intent", "upper")
    assert made.stdout.splitlines()[-1].startswith("whsec_")
    assert "shown once" in made.stderr
    found = json.loads(aionctl("webhooks", "list", "-o", "json").stdout)
    webhook_id = found[0]["webhook_id"]
    assert "OK of upper" in aionctl("webhooks", "get", webhook_id).stdout
    rotate = ("webhooks", "rotate-secret", webhook_id, "--request-id", "once")
    assert aionctl(*rotate).stdout.startswith("whsec_")
    assert aionctl(*rotate).stdout == aionctl(*rotate).stdout
    changed = json.loads(aionctl("webhooks", "update", webhook_id, "--disable", "-o", "json").stdout)
    assert (changed["disabled"], changed["url"]) == (True, "https://example.org/hook")
    assert aionctl("webhooks", "update", webhook_id).returncode == 2
    assert json.loads(aionctl("webhooks", "deliveries", webhook_id, "-o", "json").stdout) == []
    assert aionctl("webhooks", "replay", webhook_id, "d1").returncode == 4
    assert aionctl("webhooks", "delete", webhook_id).returncode == 0
    ticket = aionctl("tickets", "create", "--task", "t1", "--lifetime", "30s")
    assert len(ticket.stdout.split()) == 1
