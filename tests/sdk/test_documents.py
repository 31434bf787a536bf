"""Every Python snippet of the SDK's documents runs."""

import re
from pathlib import Path

import pytest

from aion.v1 import catalog_pb2, decisions_pb2, server_pb2, tasks_pb2
from tests.sdk.double import Double, answer, stream_messages, task, watch_from_the_log

ROOT = Path(__file__).resolve().parents[2]
SNIPPET = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
SNIPPETS = [
    pytest.param(code, id=f"{page}-{number}")
    for page in ("docs/sdk-python.md", "sdk/python/README.md")
    for number, code in enumerate(SNIPPET.findall((ROOT / page).read_text()), 1)
]


@pytest.mark.parametrize("code", SNIPPETS)
def test_a_snippet_runs_as_it_stands(
    double: Double, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    monkeypatch.setenv("AION_SERVER", double.target)
    monkeypatch.setenv("AION_API_KEY", "aion_key")
    candidate = decisions_pb2.Candidate(engine="module:summarize@1.0.0", eligible=True, rank=1)
    decision = decisions_pb2.Decision(engine=candidate.engine, candidates=[candidate])
    double.script("Submit", answer(task("OK")))
    double.script("StatusById", answer(task("OK")))
    double.script("Stream", answer(stream_messages()))
    double.script("Watch", watch_from_the_log)
    double.script("Cancel", answer(tasks_pb2.CancelResponse(task=task("OK"))))
    double.script("ListTasks", answer(tasks_pb2.ListTasksResponse(tasks=[task("ERROR")])))
    double.script("ExplainDecision", answer(tasks_pb2.ExplainDecisionResponse(decision=decision)))
    double.script("SubmitBatch", answer(tasks_pb2.SubmitBatchResponse(outcomes=[{"task": task("PENDING")}])))
    double.script("ListIntents", answer(catalog_pb2.ListIntentsResponse(intents=[{"name": "summarize"}])))
    double.script("GetServerInfo", answer(server_pb2.GetServerInfoResponse(version="0.1.0")))
    exec(compile(code, "snippet", "exec", dont_inherit=True), {"__name__": "__main__"})
    assert bool(double.seen) == ("with " in code)
    assert bool(capsys.readouterr().out) == ("print(" in code)
