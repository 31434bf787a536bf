"""The docs gate finds links that lead nowhere, snippets that are no code and targets that do not exist."""

from pathlib import Path

import pytest

from tools.check_docs import broken_links, broken_snippets, unknown_targets


@pytest.fixture
def page(tmp_path: Path):
    (tmp_path / "Makefile").write_text("demo: setup\n\tpython demo.py\n")
    (tmp_path / "other.md").write_text("# What it is\n\n## `code` and more\n")

    def write(text: str) -> Path:
        path = tmp_path / "page.md"
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize(
    "text",
    [
        "[there](other.md)",
        "[there](/other.md)",
        "[there](other.md#what-it-is)",
        "[there](other.md#code-and-more)",
        "[elsewhere](https://example.org/x)",
        "# Here\n[here](#here)",
        "```python\nlinks = [text](nowhere.md)\n```",
    ],
)
def test_a_link_that_leads_somewhere_passes(page, tmp_path, text):
    assert list(broken_links(tmp_path, page(text))) == []


@pytest.mark.parametrize("text", ["[gone](gone.md)", "[gone](other.md#gone)", "[gone](#gone)"])
def test_a_link_that_leads_nowhere_is_found(page, tmp_path, text):
    assert len(list(broken_links(tmp_path, page(text)))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "```python\nresult = await client.run()\n```",
        "- in a list\n  ```python\n  x = 1\n  ```",
        '```json\n{"a": 1}\n```',
        "```yaml\na: 1\n---\nb: 2\n```",
        "```sh\nmake demo && echo done\n```",
        "```text\n)( anything\n```",
    ],
)
def test_a_snippet_that_parses_passes(page, text):
    assert list(broken_snippets(page(text))) == []


@pytest.mark.parametrize(
    "text",
    ["```python\nresult = = 1\n```", "```json\n{a: 1}\n```", "```yaml\na: [1\n```", "```sh\nif true\n```"],
)
def test_a_snippet_that_does_not_parse_is_found_with_its_line(page, text):
    (found,) = broken_snippets(page("# Title\n\n" + text))
    assert found.startswith("line 3: ")


def test_a_make_target_must_exist(page, tmp_path):
    assert list(unknown_targets(tmp_path, page("Run `make demo`.\n\n```sh\nmake demo\n```\n"))) == []
    assert list(unknown_targets(tmp_path, page("Run `make it-so`."))) == ["there is no `make it-so`"]
