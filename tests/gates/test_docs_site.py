"""The documentation site builds without a warning and fetches nothing from elsewhere."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FETCHED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}


class Fetches(HTMLParser):
    """Collects the addresses that a browser fetches when it opens a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = FETCHED.get(tag)
        self.addresses += [value for name, value in attrs if name == wanted and value]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [Path(sys.executable).parent / "mkdocs", "build", "--strict", "--site-dir", out],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return out


def test_every_page_of_the_docs_is_in_the_site(site: Path):
    pages = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")}
    assert {page for page in pages if not (site / page).exists()} == set()


def test_no_page_fetches_anything_from_another_host(site: Path):
    foreign = {}
    for path in site.rglob("*.html"):
        parser = Fetches()
        parser.feed(path.read_text())
        if found := [address for address in parser.addresses if re.match(r"(https?:)?//", address)]:
            foreign[path.relative_to(site)] = found
    assert foreign == {}


def test_every_error_reason_has_a_heading_to_link_to(site: Path):
    catalogue = (site / "reference" / "errors.html").read_text()
    reasons = re.findall(r"ERROR_REASON_(\w+) =", (ROOT / "proto/aion/v1/errors.proto").read_text())
    assert [r for r in reasons if r != "UNSPECIFIED" and f'id="{r.lower()}"' not in catalogue] == []
