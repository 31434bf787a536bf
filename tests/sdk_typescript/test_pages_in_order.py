"""The pages of both SDKs and of streams in a browser, read from top to bottom by one person with one server.

Only addresses are others: those of the tested server, and a port of this machine where nobody listens to webhooks.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tests.e2e.processes import PATIENCE, Running, new_tenant
from tests.sdk_typescript.nodes import run
from tools.node import NODE

ROOT = Path(__file__).resolve().parents[2]
RECEIVERS = re.compile(r"https://example\.(org|com)(?=/)")
SERVERS_START = "aion serve"


def snippets(page: str, language: str) -> list[str]:
    """The fenced blocks of a language, in their order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert found, page
    return [RECEIVERS.sub("http://127.0.0.1:9", code) for code in found]


@pytest.fixture
def access(server: Running) -> dict[str, str]:
    """One reader's own: a tenant that begins empty."""
    return {"AION_SERVER": server.grpc, "AION_API_KEY": server.key(new_tenant())}


def test_who_follows_both_pages_of_the_sdks_meets_no_error(access: dict[str, str], built: Path) -> None:
    # One process for each language, in which each snippet is a program of its own: starting takes longer than they do.
    codes = snippets("docs/sdk-python.md", "python")
    command([sys.executable, "-c", f"for code in {codes!r}: exec(code, {{'__name__': '__main__'}})"], **access)
    folder = built / "pages"
    folder.mkdir()
    names = []
    for number, code in enumerate(snippets("docs/sdk-typescript.md", "ts"), 1):
        (folder / f"{number}.ts").write_text(code)
        names.append(f"./{number}.ts")
    (folder / "all.mjs").write_text(f"for (const name of {json.dumps(names)}) await import(name);\n")
    run([NODE, "--no-warnings", "pages/all.mjs"], built, **access)


async def test_the_ticket_of_the_page_on_browsers_opens_the_stream_of_its_task(
    access: dict[str, str], server: Running
) -> None:
    steps = [code for code in snippets("docs/howto/stream-in-a-browser.md", "bash") if SERVERS_START not in code]
    script = "\n".join(["set -euo pipefail", *steps]).replace("127.0.0.1:8080", server.http)
    task, ticket = documents(command(["bash", "-c", script], **access))
    async with httpx2.AsyncClient(base_url=server.url, timeout=PATIENCE) as client:
        answer = await client.get(f"/v1/stream/{task['task_id']}", params={"ticket": ticket["ticket"]})
    assert answer.status_code == 200
    assert "event: done" in answer.text


def command(words: list[str], **settings: str) -> str:
    """What a command wrote to stdout, with nothing of ours in its environment but what is given."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AION_")}
    done = subprocess.run(
        words, env=clean | settings, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, f"{words[-1]}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def documents(text: str) -> list[dict[str, str]]:
    """JSON documents that stand one behind the other."""
    decoder, found, rest = json.JSONDecoder(), [], text.strip()
    while rest:
        document, end = decoder.raw_decode(rest)
        found.append(document)
        rest = rest[end:].strip()
    return found
