"""aionctl with tasks that it follows: wait, events, retry, dry runs, times; over the SDK's own fake."""

import json
from pathlib import Path

import pytest

from aion_sdk.testing import FakeAion
from tests.sdk.command_line import Call, calling, lines


@pytest.fixture
def aionctl(aion: FakeAion, tmp_path: Path) -> Call:
    return calling(tmp_path / "home", AION_SERVER=aion.target)


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
