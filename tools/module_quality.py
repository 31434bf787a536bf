"""How good the bundled modules are, as a table of README.md: `python -m tools.module_quality [--check]`.

The figures are what the modules' own tests print (`cargo test --test quality`), a line each:
`quality: MODULE | what is measured | figure`. With `--check` nothing is written; the exit status says whether the table
is still what the tests print.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
README: Final = ROOT / "README.md"
BEGIN: Final = "<!-- The table is written by `make quality`. -->"
END: Final = "<!-- The end of the table. -->"
_MARK: Final = "quality: "


def measured() -> list[tuple[str, str, str]]:
    """Module, what is measured, figure: as the tests print them, by module. Raises when the tests fail."""
    cache = Path(os.environ.get("AION_CACHE") or Path.home() / ".cache" / "aion")
    command = ["cargo", "test", "--quiet", "--workspace", "--locked", "--offline", "--test", "quality"]
    run = subprocess.run(
        [*command, "--", "--nocapture", "--test-threads", "1"],
        cwd=ROOT / "modules",
        env=os.environ | {"CARGO_TARGET_DIR": str(cache / "modules-target")},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise RuntimeError(f"the modules' tests fail:\n{run.stdout[-4000:]}\n{run.stderr[-4000:]}")
    # A line of the test runner may stand before the mark: it prints a dot for each test.
    lines = [line.partition(_MARK)[2] for line in run.stdout.splitlines() if _MARK in line]
    rows = [tuple(part.strip() for part in line.split("|")) for line in lines]
    # By module, and within one in the order of its tests, which is that of their names.
    return sorted(((row[0], row[1], row[2]) for row in rows if len(row) == 3), key=lambda row: row[0])


def table(rows: list[tuple[str, str, str]]) -> str:
    """The rows as Markdown, each module named once."""
    lines = ["| module | what is measured | figure |", "| --- | --- | --- |"]
    named = ""
    for module, what, figure in rows:
        shown = "" if module == named else f"[{module}](modules/{module}/README.md)"
        lines.append(f"| {shown} | {what} | {figure} |")
        named = module
    return "\n".join(lines)


def main() -> int:
    """Writes the table, or checks it."""
    rows = measured()
    modules = {path.parent.name for path in ROOT.glob("modules/*/manifest.yaml")}
    if silent := sorted(modules - {module for module, _, _ in rows}):
        print(f"module_quality: tests/quality.rs prints no figure of {', '.join(silent)}", file=sys.stderr)
        return 1
    text = README.read_text(encoding="utf-8")
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        print(f"module_quality: README.md lacks the line {BEGIN if not begin else END}", file=sys.stderr)
        return 1
    written = f"{head}{BEGIN}\n\n{table(rows)}\n\n{END}{tail}"
    if "--check" not in sys.argv[1:]:
        README.write_text(written, encoding="utf-8")
        return 0
    if written != text:
        print("module_quality: README.md does not say what the tests print; run `make quality`", file=sys.stderr)
    return int(written != text)


if __name__ == "__main__":
    sys.exit(main())
