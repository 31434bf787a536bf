"""Every Python snippet of the SDK's documents runs."""

import re
from pathlib import Path

import pytest

from aion_sdk.testing import FakeAion

ROOT = Path(__file__).resolve().parents[2]
SNIPPET = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
SNIPPETS = [
    pytest.param(code, id=f"{page}-{number}")
    for page in ("docs/sdk-python.md", "sdk/python/README.md")
    for number, code in enumerate(SNIPPET.findall((ROOT / page).read_text()), 1)
]
A_TASK = "01a1fe55-a33a-79a9-b372-3b8067998f9f"
"""The one that the documents speak of."""


@pytest.mark.parametrize("code", SNIPPETS)
def test_a_snippet_runs_as_it_stands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    with FakeAion(api_key="aion_key") as aion, aion.client() as client:
        monkeypatch.setenv("AION_SERVER", aion.target)
        monkeypatch.setenv("AION_API_KEY", "aion_key")
        aion.on("summarize").fails().streams(["one ", "two ", "three"]).returns({"summary": "short"})
        client.tasks.run("summarize")
        client.tasks.run("summarize", task_id=A_TASK)
        before = len(aion.calls)
        exec(compile(code, "snippet", "exec", dont_inherit=True), {"__name__": "__main__"})
        assert (len(aion.calls) > before) == bool(re.search(r"with (Async)?Client\(\)", code))
    assert bool(capsys.readouterr().out) == (re.search(r"^(with|asyncio.run)\b", code, re.MULTILINE) is not None)
