"""A real browser, a page of an allowed origin, a page of a foreign one, and a server that knows the difference.

A machine without Chromium skips these tests and says what to do; `make test-full` installs it where it may.
"""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.site import Site, a_site
from tests.e2e.processes import Running, running
from tests.e2e.serving import catalogue

__all__ = ["catalogue"]

FLAGS = (
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCRIPT = Path(__file__).parents[2] / "scripts" / "chromium.sh"
Visit = Callable[[str], Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium without a window. It ends with its module, whose tests are not async: while Playwright's face for such
    tests is open, no other event loop can run in this thread.
    """
    found = subprocess.run([SCRIPT, "--find"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        pytest.skip(found.stderr.strip())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.stdout.strip(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The pages' own web site."""
    with a_site() as serving:
        yield serving


@pytest.fixture(scope="session")
def aion(tmp_path_factory: pytest.TempPathFactory, catalogue: tuple[Path, Path], site: Site) -> Iterator[Running]:
    """A server whose list of origins has the site's allowed one."""
    folder = tmp_path_factory.mktemp("browser")
    with running(folder, *catalogue, AION_CORS_ORIGINS=site.allowed, AION_DRAIN="1s", AION_DOCS_OPEN="true") as ready:
        yield ready


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    """Opens a page of an origin, each with storage and caches of its own."""
    contexts = []

    def open_page(origin: str) -> Page:
        contexts.append(chromium.new_context())
        page = contexts[-1].new_page()
        page.goto(f"{origin}/")
        return page

    yield open_page
    for context in contexts:
        context.close()
