"""The docs gate finds files and names that the docs speak of and that are not there."""

from pathlib import Path

import pytest

from tools.named_code import unknown_code

MACHINE = """
SPEED: int = 3
colour = "red"

class Machine:
    wheels = 4

    async def run(self): ...

def built(): ...
"""


@pytest.fixture
def page(tmp_path: Path):
    folder = tmp_path / "src/works"
    folder.mkdir(parents=True)
    (folder / "machine.py").write_text(MACHINE)

    def write(text: str) -> Path:
        path = tmp_path / "page.md"
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize(
    "text",
    [
        "`src/works/machine.py`",
        "`works/machine.py:built`",
        "`works/machine.py:SPEED` and `works/machine.py:colour`",
        "`works/machine.py:Machine.run`",
        "`works/machine.py:Machine`, then `Machine.wheels`",
        "`Engine.run` of nobody that the page has named, and a bare `engine.py`",
    ],
)
def test_what_is_there_passes(page, tmp_path, text):
    assert list(unknown_code(tmp_path, page(text))) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("`src/works/engine.py`", "there is no src/works/engine.py"),
        ("`works/machine.py:torn_down`", "works/machine.py has no torn_down"),
        ("`works/machine.py:Machine.stop`", "works/machine.py has no Machine.stop"),
        ("`works/machine.py:run`", "works/machine.py has no run"),
        ("`works/machine.py:Machine`, then `Machine.stop`", "src/works/machine.py has no Machine.stop"),
    ],
)
def test_what_is_gone_is_found(page, tmp_path, text, problem):
    assert list(unknown_code(tmp_path, page(text))) == [problem]


def test_the_way_of_a_submit_names_files_and_functions_that_are_there():
    tree = Path(__file__).parents[2]
    page = tree / "ARCHITECTURE.md"
    assert page.read_text().count(".py:") > 30
    assert list(unknown_code(tree, page)) == []
