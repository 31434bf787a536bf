"""The examples of the SDK run as they are printed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from aion_sdk.testing import FakeAion, new_webhook_secret, signed_webhook

EXAMPLES = Path(__file__).resolve().parents[2] / "sdk/python/examples"
WITH_A_FILE = ["summarize.py", "stream.py", "batch.py", "schedule.py"]


@pytest.fixture
def aion() -> Iterator[FakeAion]:
    with FakeAion() as fake:
        yield fake


def run(aion: FakeAion, name: str, *words: str) -> str:
    command = [sys.executable, str(EXAMPLES / name), *words]
    environ = {"AION_SERVER": aion.target}
    return subprocess.run(command, check=True, env=environ, capture_output=True, text=True).stdout


@pytest.fixture
def text(tmp_path: Path) -> str:
    (tmp_path / "text").write_text("long")
    return str(tmp_path / "text")


def test_summarize_prints_the_result_and_its_price(aion: FakeAion, text: str) -> None:
    aion.on("summarize").returns({"summary": "short"})
    printed = run(aion, "summarize.py", text).splitlines()
    assert printed[0] == "short"
    assert printed[1].startswith("fake: ")
    assert printed[1].endswith(" ms, 0.0 USD")
    sla = aion.submitted[0].sla
    assert sla is not None
    assert sla.budget_micros == 0


def test_stream_prints_the_text_as_it_comes(aion: FakeAion, text: str) -> None:
    aion.on("summarize").streams(["lost "]).restarts().streams(["one ", "two"]).returns({})
    printed = run(aion, "stream.py", text)
    assert "(a new attempt; so far it stands at: '')" in printed
    assert printed.endswith("one two\nOK after 5 events\n")


def test_batch_tells_the_end_of_each_file(aion: FakeAion, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    aion.on("summarize").returns({}).refuses("INPUT_SCHEMA_VIOLATION", "too short")
    printed = run(aion, "batch.py", str(tmp_path / "a"), str(tmp_path / "b"))
    assert f"{tmp_path / 'a'}: OK" in printed
    assert f"{tmp_path / 'b'}: refused: INPUT_SCHEMA_VIOLATION: too short" in printed


def test_schedule_makes_it_once_and_triggers_it_each_time(aion: FakeAion, text: str) -> None:
    aion.on("summarize").returns({})
    for _ in range(2):
        assert run(aion, "schedule.py", text) == "every-morning: 30 6 * * * in Europe/Paris\nOK\n"
    assert [task.schedule_id for task in aion.tasks] == ["every-morning"] * 2


def test_webhook_receiver_believes_what_is_signed_and_prints_it_once() -> None:
    secret = new_webhook_secret()
    command = [sys.executable, str(EXAMPLES / "webhook_receiver.py"), "0"]
    env = os.environ | {"AION_WEBHOOK_SECRET": secret}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as receiver:
        assert receiver.stdout is not None
        port = receiver.stdout.readline().split()[-1]
        body, headers = signed_webhook(secret, "task.ok", {"task_id": "t1"})
        try:
            for _ in range(2):
                assert _post(port, body, headers) == 204
            assert _post(port, body + b" ", headers) == 400
        finally:
            receiver.terminate()
        assert receiver.stdout.read() == "task.ok {'task_id': 't1'}\n"


def _post(port: str, body: bytes, headers: dict[str, str]) -> int:
    try:
        with urlopen(Request(f"http://127.0.0.1:{port}/", body, headers), timeout=30) as answer:
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code


def test_the_tests_with_a_fake_pass() -> None:
    options = ["-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(EXAMPLES)]
    command = [sys.executable, "-m", "pytest", *options, str(EXAMPLES / "test_with_a_fake.py")]
    env = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, check=False, env=env, capture_output=True, text=True)
    assert "3 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("name", WITH_A_FILE)
def test_an_example_without_a_file_prints_its_usage(name: str) -> None:
    done = subprocess.run([sys.executable, str(EXAMPLES / name)], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith(f"usage: python {name} FILE")
    assert "Traceback" not in done.stderr
