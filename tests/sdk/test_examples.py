"""The examples of the SDK run as they are printed."""

import subprocess
import sys
from pathlib import Path

import grpc
import pytest

from aion.v1 import tasks_pb2
from tests.sdk.double import Double, answer, status, stream_messages, task, watch_from_the_log

EXAMPLES = Path(__file__).resolve().parents[2] / "sdk/python/examples"


def run(double: Double, name: str, *words: str) -> str:
    command = [sys.executable, str(EXAMPLES / name), *words]
    environ = {"AION_SERVER": double.target, "AION_API_KEY": "aion_key"}
    return subprocess.run(command, check=True, env=environ, capture_output=True, text=True).stdout


def test_summarize_prints_the_result_and_its_price(double: Double, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("long")
    engine = {"name": "module:summarize@1.0.0"}
    double.script("Submit", answer(task("OK", engine=engine, usage={"latency_ms": 7})))
    assert run(double, "summarize.py", str(tmp_path / "text")) == "short\nmodule:summarize@1.0.0: 7 ms, 0.0 USD\n"
    assert double.seen[0].request.sla.HasField("budget_micros")


def test_stream_prints_the_text_as_it_comes(double: Double, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("long")
    double.script("Stream", answer(stream_messages()))
    printed = run(double, "stream.py", str(tmp_path / "text"))
    assert printed.endswith("one two\nOK after 6 events\n")


def test_batch_tells_the_end_of_each_file(double: Double, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    refused = status(grpc.StatusCode.INVALID_ARGUMENT, "INPUT_SCHEMA_VIOLATION", "too short")
    outcomes = [tasks_pb2.BatchOutcome(task=task("PENDING")), tasks_pb2.BatchOutcome(error=refused)]
    double.script("SubmitBatch", answer(tasks_pb2.SubmitBatchResponse(outcomes=outcomes)))
    double.script("Watch", watch_from_the_log)
    printed = run(double, "batch.py", str(tmp_path / "a"), str(tmp_path / "b"))
    assert f"{tmp_path / 'a'}: OK" in printed
    assert f"{tmp_path / 'b'}: refused: INPUT_SCHEMA_VIOLATION: too short" in printed


@pytest.mark.parametrize("name", ["summarize.py", "stream.py", "batch.py"])
def test_an_example_without_a_file_prints_its_usage(name: str) -> None:
    done = subprocess.run([sys.executable, str(EXAMPLES / name)], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith(f"usage: python {name} FILE")
    assert "Traceback" not in done.stderr
