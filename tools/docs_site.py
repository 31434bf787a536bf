"""What the documentation site needs beyond Markdown, as hooks of MkDocs.

Pages link to files of the repository that the site does not hold, such as the contract; there the link's text is left.
Decisions are listed from their files, so that a new one needs no line in the navigation.
"""

import posixpath
import re
from pathlib import Path
from typing import Any

LINK = re.compile(r"(?<!\!)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s:#]+)(?P<fragment>#[^)\s]*)?\)")
DECISIONS = "decisions/index.md"


def on_page_markdown(markdown: str, page: Any, config: Any, **_: Any) -> str:
    """Return the page's text without links that leave docs/."""
    folder = posixpath.dirname(page.file.src_uri)
    if page.file.src_uri == DECISIONS:
        markdown += "\n" + _decisions(Path(config.docs_dir) / "decisions")

    def kept(match: re.Match[str]) -> str:
        outside = posixpath.normpath(posixpath.join(folder, match["target"])).startswith("..")
        return match["text"] if outside else match[0]

    return LINK.sub(kept, markdown)


def on_files(files: Any, **_: Any) -> Any:
    """Tell MkDocs that decisions are no part of the navigation on purpose."""
    for file in files:
        if file.src_uri.startswith("decisions/") and file.src_uri != DECISIONS:
            file.inclusion = type(file.inclusion).NOT_IN_NAV
    return files


def _decisions(folder: Path) -> str:
    lines = []
    for path in sorted(folder.glob("0*.md")):
        title = path.read_text().splitlines()[0].lstrip("# ")
        lines.append(f"- [{title}]({path.name})")
    return "\n".join(lines)
