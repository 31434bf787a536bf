"""What the bundled modules make of this repository's own texts, and a module of one's own from its source to a task."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

import wasmtime
from rich.table import Table

from aion_sdk import Client, Module, NotFound
from scripts.demo.places import BIN, DATA, ROOT, text
from scripts.demo.processes import Server, run
from scripts.demo.terminal import check, say

WORDS = ROOT / "examples" / "modules" / "words"
SHOWN = 6
SECONDS_TO_TAKE_UP = 30.0


def useful_results(server: Server) -> None:
    """Three intents, three kinds of answer: data out of a letter, what a report is about, what a table holds."""
    with server.client() as client:
        letter = _result(client, "extract", text=text("support_email.en.txt"))
        report = _result(client, "keywords", text=text("incident_report.en.txt"), max_keywords="5")
        table = _result(client, "tabulate", text=text("deliveries.csv"))
    say.print("[dim]extract: support_email.en.txt[/]")
    found = Table("kind", "in the letter", "means", box=None, header_style="dim")
    different = list({(item["kind"], item["value"]): item for item in letter["items"]}.values())
    for item in different[:SHOWN]:
        value = " ".join(part for part in (item["value"], item.get("currency", "")) if part)
        found.add_row(item["kind"], item["text"], value)
    check(len(different) >= SHOWN, f"{SHOWN} pieces of data in the letter, not {letter}")
    say.print(found)
    phrases = [keyword["phrase"] for keyword in report["keywords"]]
    check(len(phrases) == 5, f"5 phrases, not {report}")
    say.print(f"[dim]keywords: incident_report.en.txt[/] -> {', '.join(phrases)}")
    check(table["rows"] > 0 and table["summary"], f"a table with rows, not {table}")
    say.print(f"[dim]tabulate: deliveries.csv[/] -> {table['summary'].strip()}")


def _result(client: Client, intent: str, **params: str) -> dict[str, Any]:
    task = client.tasks.run(intent, params)
    check(task.result is not None, f"a result of {intent}, not {task.status}: {task.error}")
    return dict(task.result or {})


def module_of_ones_own(server: Server) -> None:
    """From 90 lines of WebAssembly text: tested in the real engine, packed, installed while the server runs, called."""
    folder = DATA / "words"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(WORDS, folder)
    # Other languages have compilers, see docs/modules.md; this one is assembled by what AION itself stands on.
    binary = wasmtime.wat2wasm((folder / "words.wat").read_text())
    (folder / "words.wasm").write_bytes(binary)
    say.print(f"[dim]examples/modules/words/words.wat[/] -> words.wasm, {len(binary)} bytes")
    artifact = DATA / "words-1.0.0.tar"
    artifact.unlink(missing_ok=True)
    for arguments in (("test", folder), ("pack", folder, "--output", artifact), ("install", artifact)):
        _aion(*arguments)
    with server.client() as client:
        module = _taken_up(client)
        task = client.tasks.run("words", {"text": text("meeting_notes.en.txt")})
    check(task.status == "OK", f"OK, not {task.status}: {task.error}")
    say.print(f"{json.dumps(task.result)}, by {task.engine.name if task.engine else ''}, {module.digest[:19]}...")


def _taken_up(client: Client) -> Module:
    """The module once the running server has seen it: it looks at its folders by itself."""
    until = time.monotonic() + SECONDS_TO_TAKE_UP
    while True:
        try:
            module = client.catalog.module("words").module
        except NotFound:
            check(time.monotonic() < until, f"the server to take up what was installed within {SECONDS_TO_TAKE_UP} s")
        else:
            if module.health.name == "READY":
                return module
        time.sleep(0.1)


def _aion(*arguments: str | Path) -> None:
    shown = " ".join(str(part.relative_to(ROOT)) if isinstance(part, Path) else part for part in arguments)
    say.print(f"$ aion module {shown}")
    said = run([BIN / "aion", "module", *arguments], AION_DATA_DIR=str(DATA))
    say.print("\n".join(line[:120] for line in said.splitlines()[:12]), markup=False)
