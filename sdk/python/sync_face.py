# ruff: noqa: INP001 - a script that stands alone
"""Writes the SDK's sync face from its asyncio one: `python sdk/python/sync_face.py`, with `--check` to only compare.

The logic exists once, in aion_sdk/_async. Names lose their `Async`, `await` and `async` go, asyncio's protocol methods
become the plain ones; ruff puts the result in its form. aion_sdk/_sync holds nothing else and is never edited.
"""

import io
import re
import subprocess
import sys
import tokenize
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent / "src" / "aion_sdk"
SOURCE, TARGET = PACKAGE / "_async", PACKAGE / "_sync"
HEADER = "# Written by sdk/python/sync_face.py from aion_sdk/_async/{name}. DO NOT EDIT!\n"

NAMES = {
    "_async": "_sync",
    "aio": "blocking",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "AsyncIterator": "Iterator",
    "StopAsyncIteration": "StopIteration",
}
FORM = (
    ("check", "--quiet", "--select", "I,UP028", "--fix", "--unsafe-fixes"),
    ("format", "--quiet"),
)
GONE = ("async", "await")
QUOTED_NAME = re.compile(r'"(Async[A-Z]\w*)"')
"""A class that is named in an annotation before it is defined."""
ASYNC_ONLY_NOTE = re.compile(r"\s*# noqa: ASYNC109.*")


def sync_source(source: str) -> str:
    """Return the sync form of one file."""
    lines = source.splitlines(keepends=True)
    edits: list[tuple[int, int, int, str]] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        (row, begin), (_, end) = token.start, token.end
        if token.type == tokenize.NAME and token.string in GONE:
            edits.append((row, begin, end + 1, ""))
        elif token.type == tokenize.NAME and (new := _sync_name(token.string)) != token.string:
            edits.append((row, begin, end, new))
        elif token.type == tokenize.STRING and (named := QUOTED_NAME.fullmatch(token.string)):
            edits.append((row, begin, end, f'"{_sync_name(named[1])}"'))
        elif token.type == tokenize.COMMENT and ASYNC_ONLY_NOTE.fullmatch(token.string):
            edits.append((row, begin, end, ""))
    for row, begin, end, new in reversed(edits):
        line = lines[row - 1]
        lines[row - 1] = line[:begin] + new + line[end:]
    return "".join(line.rstrip() + "\n" for line in lines)


def _sync_name(name: str) -> str:
    return NAMES.get(name) or re.sub(r"^Async(?=[A-Z])", "", name)


def written() -> dict[str, str]:
    """Return every file of the sync face, formatted."""
    return {path.name: _formatted(path) for path in sorted(SOURCE.glob("*.py"))}


def _formatted(path: Path) -> str:
    if path.name == "__init__.py":
        text = '"""The sync face: written from `_async`, never edited."""\n'
    else:
        text = sync_source(path.read_text())
    text = HEADER.format(name=path.name) + text
    for command in FORM:
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(TARGET / path.name), "-"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
        )
        text = done.stdout
    return text


def main() -> None:
    """Write the files, or say which ones are not what the source gives."""
    files = written()
    present = {path.name: path.read_text() for path in TARGET.glob("*.py")}
    if "--check" in sys.argv[1:]:
        stale = sorted(name for name in files.keys() | present.keys() if files.get(name) != present.get(name))
        if stale:
            sys.exit(f"stale in aion_sdk/_sync: {', '.join(stale)}; run `python sdk/python/sync_face.py`")
        return
    for name in present.keys() - files.keys():
        (TARGET / name).unlink()
    for name, text in files.items():
        (TARGET / name).write_text(text)


if __name__ == "__main__":
    main()
