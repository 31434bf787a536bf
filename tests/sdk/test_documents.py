"""Every Python snippet of the SDK's documents runs, in the order of its page, against one AION that begins empty."""

import re
from pathlib import Path

import pytest

from aion_sdk.testing import FakeAion

ROOT = Path(__file__).resolve().parents[2]
SNIPPET = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
MADE_BY_A_SERVER = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")


@pytest.mark.parametrize("page", ["docs/sdk-python.md", "sdk/python/README.md"])
def test_the_snippets_of_a_page_run_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], page: str
) -> None:
    snippets = SNIPPET.findall((ROOT / page).read_text())
    assert len(snippets) > 2
    with FakeAion(api_key="aion_key") as aion:
        monkeypatch.setenv("AION_SERVER", aion.target)
        monkeypatch.setenv("AION_API_KEY", "aion_key")
        aion.on("summarize").streams(["one ", "two ", "three"]).returns({"summary": "short"})
        for number, code in enumerate(snippets, 1):
            before = len(aion.calls)
            exec(compile(code, f"{page} {number}", "exec", dont_inherit=True), {"__name__": "__main__"})
            assert (len(aion.calls) > before) == bool(re.search(r"with (Async)?Client\(\)", code)), code
            writes = re.search(r"^(with|asyncio.run)\b", code, re.MULTILINE) is not None
            assert bool(capsys.readouterr().out) == writes, code


def test_every_page_says_the_same_way_to_build_and_install() -> None:
    """`make setup` is for work on AION itself, as the README says; what a user installs is less."""
    pages = [ROOT / "README.md", *ROOT.glob("sdk/*/README.md"), *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        text = page.read_text()
        assert "npm pack" not in text, page
        for line in re.findall(r".*`?make setup\b(?!-runtime).*", text):
            assert "work on AION itself" in line, page
    for page in (ROOT / "README.md", ROOT / "sdk/typescript/README.md"):
        assert "make typescript" in page.read_text(), page
        assert "npm install ./sdk/typescript" in page.read_text(), page


@pytest.mark.parametrize(
    "page", ["docs/sdk-python.md", "docs/sdk-typescript.md", "docs/howto/stream-in-a-browser.md", "docs/aionctl.md"]
)
def test_no_page_names_a_task_that_its_reader_does_not_have(page: str) -> None:
    assert MADE_BY_A_SERVER.findall((ROOT / page).read_text()) == []
