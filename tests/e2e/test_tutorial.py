"""Every command of the tutorial works, in order, as a reader would type it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.processes import PATIENCE, Running, new_tenant

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent
NEEDS_A_CHECKOUT = ("make setup-runtime", "aion dev", "export AION_API_KEY")
"""What the fixture does instead: it installs nothing and starts a server on a free port."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TUTORIAL, re.MULTILINE | re.DOTALL)


def steps() -> list[str]:
    return [block for block in blocks("bash") if not block.startswith(NEEDS_A_CHECKOUT)]


@pytest.fixture
def environment(server: Running) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AION_")}
    ours = {"AION_SERVER": server.grpc, "AION_API_KEY": server.key(new_tenant())}
    return clean | ours | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "160"}


def run(words: list[str], environment: dict[str, str]) -> str:
    ended = subprocess.run(
        words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE * 2, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_every_command_works_in_one_shell(server: Running, environment: dict[str, str]):
    script = "\n".join(["set -euo pipefail", *steps()]).replace("127.0.0.1:8080", server.http)
    said = run(["bash", "-c", script], environment)
    assert said.count("[EMAIL_1]") >= 2, "aionctl and curl both show the redacted text"
    assert "module:summarize@" in said
    assert '"reason":"BUDGET_INVALID"' in said, "the broken promise is refused by the server"


def test_the_python_of_the_tutorial_runs(environment: dict[str, str]):
    (code,) = blocks("python")
    said = run([sys.executable, "-c", code], environment)
    assert "DONE" in said
    assert "module:summarize@" in said


def test_the_tutorial_skips_nothing_but_the_set_up():
    assert len(blocks("bash")) - len(steps()) == len(NEEDS_A_CHECKOUT)
