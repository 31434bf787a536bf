"""The examples run as they are printed, with the package as it was built."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.e2e.processes import Running, new_tenant
from tests.sdk_typescript.nodes import run
from tools.node import NODE, environment

TEXT = "AION runs work under a promise. It says what it costs. It ends once."


@pytest.fixture
def access(server: Running) -> dict[str, str]:
    return {"AION_SERVER": server.grpc, "AION_API_KEY": server.key(new_tenant())}


@pytest.fixture
def text(tmp_path: Path) -> Path:
    (tmp_path / "text.txt").write_text(TEXT)
    return tmp_path / "text.txt"


def example(built: Path, name: str, *words: object, **settings: str) -> list[str]:
    return run([NODE, f"examples/{name}.mjs", *map(str, words)], built, **settings).splitlines()


def test_summarize_prints_the_result_and_its_price(built: Path, access: dict[str, str], text: Path) -> None:
    summary, price = example(built, "summarize", text, **access)
    assert summary.startswith("OK AION runs work")
    assert price.startswith("module:summarize@1.0.0: ")
    assert price.endswith(" ms, 0 USD")


def test_stream_prints_the_text_as_it_comes(built: Path, access: dict[str, str], text: Path) -> None:
    *printed, end = example(built, "stream", text, **access)
    assert "under a promise" in printed[0]
    assert end.startswith("OK after ")


def test_batch_tells_the_end_of_each_file(built: Path, access: dict[str, str], text: Path) -> None:
    assert example(built, "batch", text, text, **access) == [f"{text}: OK", f"{text}: OK"]


def test_schedule_fires_once_when_it_is_triggered(built: Path, access: dict[str, str]) -> None:
    fires, ended = example(built, "schedule", **access)
    assert fires.startswith("fires next at 20")
    assert ended.endswith(": OK")


def test_the_receiver_of_webhooks_refuses_what_nobody_signed(built: Path) -> None:
    command = [str(NODE), "examples/webhook-receiver.mjs", "0"]
    settings = environment() | {"WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    with subprocess.Popen(command, cwd=built, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as receiver:
        assert receiver.stdout is not None
        port = receiver.stdout.readline().split()[-1].decode()
        post = f"fetch('http://127.0.0.1:{port}', {{method: 'POST', body: '{{}}'}}).then((r) => console.log(r.status))"
        said = run([NODE, "--eval", post], built)
        os.kill(receiver.pid, signal.SIGTERM)
        receiver.communicate()
    assert said.strip() == "400"


@pytest.mark.parametrize("name", ["stream", "batch"])
def test_an_example_without_a_file_prints_its_usage(built: Path, name: str) -> None:
    with pytest.raises(AssertionError, match=f"usage: node examples/{name}.mjs FILE"):
        example(built, name)
