"""What aionctl says so that nobody loses a task or guesses: after a deadline or Ctrl-C, above all."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aion_sdk import TaskStream
from aion_sdk.testing import FakeAion
from aionctl.contexts import file
from aionctl.output import live as aionctl_live
from tests.sdk.command_line import Call, calling


@pytest.fixture
def fake() -> Iterator[FakeAion]:
    with FakeAion() as found:
        yield found


@pytest.fixture
def aionctl(fake: FakeAion, tmp_path: Path) -> Call:
    return calling(tmp_path, AION_SERVER=fake.target)


@pytest.mark.parametrize("words", [[], ["--stream"]])
def test_a_deadline_names_the_task_that_goes_on(fake: FakeAion, aionctl: Call, words: list[str]) -> None:
    fake.on("summarize").streams(["a"]).holds()
    done = aionctl("run", "summarize", "-p", "text=long", "--timeout", "2s", *words)
    task_id = fake.tasks[0].task_id
    assert done.returncode == 6
    assert f"task {task_id} goes on, if it has not ended: aionctl watch {task_id}" in done.stderr


def test_a_deadline_names_the_task_to_programs_too(fake: FakeAion, aionctl: Call) -> None:
    fake.on("summarize").holds()
    done = aionctl("run", "summarize", "-p", "text=long", "--timeout", "2s", "-o", "json")
    error = json.loads(done.stderr)["error"]
    assert error["task_id"] == fake.tasks[0].task_id
    assert error["idempotency_key"] == fake.submitted[0].request_id


def test_ctrl_c_names_the_task_that_goes_on(fake: FakeAion, aionctl: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.on("summarize").streams(["a"]).holds()

    def interrupted(stream: TaskStream) -> None:
        next(iter(stream))
        raise KeyboardInterrupt

    monkeypatch.setattr(aionctl_live, "_follow_text", interrupted)
    done = aionctl("run", "summarize", "-p", "text=long", "--stream")
    task_id = fake.tasks[0].task_id
    assert done.returncode == 130
    assert f"interrupted; task {task_id} goes on, if it has not ended: aionctl watch {task_id} --after 1" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("webhooks", "create", "https://a.example/x"),
        ("schedules", "trigger", "nightly"),
        ("submit", "summarize", "-p", "text=a"),
        ("run", "summarize", "-p", "text=a"),
        ("run", "summarize", "-p", "text=a", "--stream"),
    ],
)
def test_what_was_never_sent_is_not_said_to_be_done_perhaps(aionctl: Call, words: tuple[str, ...]) -> None:
    done = aionctl(*words, "--timeout", "1s", AION_SERVER="127.0.0.1:1")
    assert done.returncode == 6
    assert "Connection refused" in done.stderr
    assert "all the same" not in done.stderr
    assert "--request-id" not in done.stderr


def test_of_a_task_that_is_known_the_way_on_is_told_where_nobody_listens(aionctl: Call) -> None:
    done = aionctl("watch", "t1", "--timeout", "1s", AION_SERVER="127.0.0.1:1")
    assert "task t1 goes on, if it has not ended: aionctl watch t1" in done.stderr


def test_wait_writes_no_empty_table_when_none_has_ended(fake: FakeAion, aionctl: Call) -> None:
    fake.on("summarize").holds()
    aionctl("submit", "summarize", "-p", "text=long")
    task_id = fake.tasks[0].task_id
    done = aionctl("wait", task_id, "--timeout", "100ms")
    assert (done.returncode, done.stdout) == (6, "")
    assert f"it goes on: aionctl wait {task_id}" in done.stderr


def test_events_after_the_last_one_are_out_of_range(fake: FakeAion, aionctl: Call) -> None:
    fake.on("summarize").returns({})
    aionctl("run", "summarize", "-p", "text=long")
    task = fake.tasks[0]
    assert aionctl("events", task.task_id, "--after", str(task.last_offset)) == (0, "", "")
    done = aionctl("events", task.task_id, "--after", "99")
    assert done.returncode == 5
    assert "OFFSET_OUT_OF_RANGE" in done.stderr


def test_a_batch_that_is_run_again_tells_the_same_refusal_once(fake: FakeAion, aionctl: Call, tmp_path: Path) -> None:
    fake.on("summarize").refuses("NO_ELIGIBLE_ENGINE")
    lines, results = tmp_path / "lines.jsonl", tmp_path / "results.jsonl"
    lines.write_text('{"intent": "summarize", "params": {"text": "a"}}\n')
    for _ in range(2):
        assert aionctl("batch", str(lines), "--results", str(results)).returncode == 5
    assert len(results.read_text().splitlines()) == 1


def test_csv_comes_from_stdin_when_that_is_said(fake: FakeAion, aionctl: Call) -> None:
    fake.on("summarize").returns({})
    wrong = aionctl("batch", "-", "--intent", "summarize", stdin="text\none\n")
    assert wrong.returncode == 2
    assert "error: stdin line 1" in wrong.stderr
    assert "--format csv" in wrong.stderr
    assert aionctl("batch", "-", "--intent", "summarize", "--format", "csv", stdin="text\none\n").returncode == 0
    assert [spec.params for spec in fake.submitted] == [{"text": "one"}]


def test_lists_in_a_pipe_have_no_trailing_blanks_and_whole_ids(fake: FakeAion, aionctl: Call) -> None:
    fake.on("summarize").returns({})
    aionctl("run", "summarize", "-p", "text=long")
    lines = aionctl("list", TZ="UTC").stdout.splitlines()
    assert lines == [line.rstrip() for line in lines]
    assert lines[1].startswith(f"{fake.tasks[0].task_id} ")
    assert "+00:00" not in lines[1]


def test_the_input_of_a_schedule_can_be_changed(fake: FakeAion, aionctl: Call) -> None:
    fake.on("summarize").returns({})
    aionctl("schedules", "create", "nightly", "summarize", "--cron", "@daily", "-p", "text=old", "--priority", "low")
    assert aionctl("schedules", "update", "nightly", "-p", "text=new").returncode == 0
    told = json.loads(aionctl("schedules", "get", "nightly", "-o", "json").stdout)
    assert (told["task"]["params"], told["task"]["priority"], told["cron"]) == ({"text": "new"}, "low", "@daily")
    assert aionctl("schedules", "update", "nightly").returncode == 2


def test_an_option_of_a_command_in_front_of_it_is_told_where_it_goes(aionctl: Call) -> None:
    done = aionctl("--context", "env", "server", "info")
    assert done.returncode == 2
    assert "after the command" in " ".join(done.stderr.replace("│", " ").split())
    assert aionctl("--version").returncode == 0


def test_completion_knows_contexts_and_the_states_that_can_be_asked_for(
    aionctl: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert file.names() == []
    assert "no contexts" in aionctl("context", "list").stderr
    aionctl("context", "add", "prod", "--server", "aion.example:443", "--tls")
    assert file.names() == ["prod"]
    command = [sys.executable, "-c", "from aionctl.main import main; main()"]
    for words, offered in (("list --context ", ["prod"]), ("context use p", ["prod"]), ("list --state R", ["RUNNING"])):
        env = os.environ | {"COMP_WORDS": f"aionctl {words}", "COMP_CWORD": "3", "_AIONCTL_COMPLETE": "complete_bash"}
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert done.stdout.split() == offered
