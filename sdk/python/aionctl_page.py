# ruff: noqa: INP001 - a script that stands alone
"""Writes docs/aionctl.md from the commands themselves: `python sdk/python/aionctl_page.py`; `--check` only compares."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "aionctl.md"


def main() -> None:
    """Write the page, or say that it is not what the commands give."""
    sys.path.insert(0, str(HERE / "src"))
    from aionctl import manual
    from aionctl.commands.docs import commands

    text = manual.markdown(commands())
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        sys.exit("docs/aionctl.md is stale; run `python sdk/python/aionctl_page.py`")


if __name__ == "__main__":
    main()
