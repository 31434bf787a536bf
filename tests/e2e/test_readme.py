"""What the README shows works as it stands there: only the addresses are those of the tested server."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx2
import pytest

from tests.e2e.processes import PATIENCE, Running, new_tenant

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent
GRPC, HTTP = "127.0.0.1:50051", "localhost:8080"


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def command(name: str) -> str:
    """The only command of the README that begins so, on one line."""
    lines = [line for block in blocks("sh") for line in block.replace("\\\n", "").splitlines()]
    (found,) = [line for line in lines if line.startswith(f"{name} ")]
    return found


@pytest.fixture
def environment(server: Running) -> dict[str, str]:
    """What a reader has exported."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AION_")}
    ours = {"AION_SERVER": server.grpc, "AION_API_KEY": server.key(new_tenant())}
    return clean | ours | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "200"}


def run(words: Sequence[str], environment: dict[str, str]) -> str:
    """What a command writes, in the repository's folder."""
    ended = subprocess.run(
        words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_python_snippet_runs(server: Running, environment: dict[str, str]):
    (code,) = blocks("python")
    assert GRPC in code
    said = run([sys.executable, "-c", code.replace(GRPC, server.grpc)], environment)
    summary, _, reason = said.rstrip("\n").rpartition(" rank 1")
    assert len(summary) > 50
    assert reason


def test_the_command_line_runs(environment: dict[str, str]):
    said = run(["bash", "-c", command("aionctl")], environment)
    assert "[EMAIL_1]" in said


async def test_the_curl_command_works(server: Running, environment: dict[str, str]):
    """As the request that it spells, and with curl itself wherever there is one."""
    line = command("curl")
    assert HTTP in line
    line = line.replace(HTTP, server.http)
    answers = [await request(line.replace("$AION_API_KEY", environment["AION_API_KEY"]))]
    if shutil.which("curl"):
        answers.append(json.loads(run(["bash", "-c", line], environment)))
    for answer in answers:
        assert (answer["status"], answer["result"]["text"]) == ("OK", "write to [EMAIL_1]")


async def request(line: str) -> dict[str, dict[str, str]]:
    """Sends what this curl command would send."""
    words = iter(shlex.split(line)[1:])
    url, body, headers = "", "", {}
    for word in words:
        if word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(words)
        elif word != "-s":
            url = f"http://{word}"
    async with httpx2.AsyncClient(timeout=PATIENCE) as client:
        answer = await client.post(url, content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, dict[str, str]] = answer.json()
    return found
