"""Checks what the docs promise: links lead somewhere, snippets are real code, `make` targets and named code exist."""

import ast
import json
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from tools.named_code import unknown_code

FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)[^\n]*\n(?P<code>.*?)^ *```\s*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!\!)\[[^\]]*\]\((?P<target>[^)\s]+)[^)]*\)")
INLINE_MAKE = re.compile(r"(?:`|^)make (?P<target>[a-z][a-z-]*)", re.MULTILINE)
HEADING = re.compile(r"^#{1,6} +(?P<text>.+?) *#*$", re.MULTILINE)
MAKE_TARGET = re.compile(r"^(?P<name>[a-z][a-z-]*):", re.MULTILINE)


def pages(tree: Path) -> list[Path]:
    """Return the Markdown files that git tracks or would track."""
    listed = subprocess.run(
        ["git", "-C", str(tree), "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for name in sorted(set(listed.stdout.split("\n"))) if name and (path := tree / name).exists()]


def anchors(page: Path) -> set[str]:
    """Return the fragments that the page's headings have."""
    headings = (match["text"] for match in HEADING.finditer(FENCE.sub("", page.read_text())))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(tree: Path, page: Path) -> Iterator[str]:
    """Yield relative links that lead nowhere."""
    for match in LINK.finditer(FENCE.sub("", page.read_text())):
        target, _, fragment = match["target"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        found = (tree / target.lstrip("/") if target.startswith("/") else page.parent / target) if target else page
        if not found.exists():
            yield f"the link to {match['target']} leads nowhere"
        elif fragment and found.suffix == ".md" and fragment not in anchors(found):
            yield f"{target or page.name} has no heading #{fragment}"


def compile_python(code: str) -> None:
    """Compile a snippet; `await` may stand outside of a function."""
    compile(code, "snippet", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)


def check_shell(code: str) -> None:
    """Let the shell parse a snippet without running it."""
    done = subprocess.run(["bash", "-n"], input=code, text=True, capture_output=True, check=False)
    if done.returncode:
        raise ValueError(done.stderr.strip())


READERS: dict[str, Callable[[str], object]] = {
    "python": compile_python,
    "json": json.loads,
    "yaml": lambda code: list(yaml.safe_load_all(code)),
    "sh": check_shell,
    "bash": check_shell,
}


def broken_snippets(page: Path) -> Iterator[str]:
    """Yield snippets that do not parse as what they say they are."""
    text = page.read_text()
    for match in FENCE.finditer(text):
        reader = READERS.get(match["language"])
        if reader is None:
            continue
        line = text.count("\n", 0, match.start()) + 1
        try:
            reader(textwrap.dedent(match["code"]))
        except (SyntaxError, ValueError, yaml.YAMLError) as error:
            yield f"line {line}: this is not {match['language']}: {error}"


def unknown_targets(tree: Path, page: Path) -> Iterator[str]:
    """Yield `make` targets that the Makefile lacks."""
    known = set(MAKE_TARGET.findall((tree / "Makefile").read_text()))
    for match in INLINE_MAKE.finditer(page.read_text()):
        if match["target"] not in known:
            yield f"there is no `make {match['target']}`"


def main() -> None:
    """Check every page."""
    tree = Path()
    found = [
        f"{page}: {problem}"
        for page in pages(tree)
        for problem in [
            *broken_links(tree, page),
            *broken_snippets(page),
            *unknown_targets(tree, page),
            *unknown_code(tree, page),
        ]
    ]
    if found:
        sys.exit("docs:\n  " + "\n  ".join(found))
    print(f"docs: links, snippets, targets and named code of {len(pages(tree))} pages are right")


if __name__ == "__main__":
    main()
