"""The SDK in a real browser: its browser build, bundled, in a page of an origin that AION allows."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import chromium
from tests.e2e.processes import Running, new_tenant
from tests.sdk_typescript.nodes import run
from tools.node import NODE, SDK

__all__ = ["chromium"]


@pytest.fixture(scope="module")
def bundled(built: Path, site: Path) -> None:
    """The page of the example and the page of the tests, bundled as a user would."""
    esbuild = SDK / "node_modules/esbuild/bin/esbuild"
    for source, name in ((built / "examples/browser/main.mjs", "bundle"), (built / "test/browser/page.ts", "tests")):
        run([NODE, esbuild, source, "--bundle", "--format=esm", f"--outfile={site / name}.js"], built)
    shutil.copy(built / "examples/browser/index.html", site / "index.html")
    (site / "tests.html").write_text('<!doctype html><script type="module" src="tests.js"></script>')


@pytest.fixture
def page(chromium: Browser, bundled: None) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def test_a_page_streams_a_summary_as_the_example_shows(page: Page, origin: str, server: Running) -> None:
    page.goto(origin)
    page.fill("[name=server]", server.url)
    page.fill("[name=key]", server.key(new_tenant()))
    page.click("button")
    page.wait_for_selector("output[data-state]", state="attached")
    assert page.get_attribute("output", "data-state") == "OK"
    assert "A long text." in page.inner_text("output")


@pytest.mark.parametrize("protocol", ["connect", "grpc-web"])
def test_the_whole_face_works_in_a_page(page: Page, origin: str, server: Running, protocol: str) -> None:
    page.goto(f"{origin}/tests.html")
    page.wait_for_function("window.tryEverything !== undefined")
    asked = {"server": server.url, "apiKey": server.key(new_tenant()), "protocol": protocol}
    said = page.evaluate("(asked) => window.tryEverything(asked)", asked)
    assert said == {
        "run": "OK",
        "text": True,
        "requestId": True,
        "missing": "NotFound TASK_NOT_FOUND",
        "invalid": "intent",
        "canceled": "CANCELED",
        "aborted": "left",
        "batch": [True, False],
        "listed": True,
        "verified": "task.ok",
    }


def test_a_page_of_another_origin_gets_nothing(page: Page, bundled: None, origin: str, server: Running) -> None:
    page.goto(f"{origin.replace('127.0.0.1', 'localhost')}/tests.html")
    page.wait_for_function("window.tryEverything !== undefined")
    asked = {"server": server.url, "apiKey": server.key(new_tenant()), "maxRetries": 0}
    said = page.evaluate("(asked) => window.tryEverything(asked).catch((error) => error.name)", asked)
    assert said == "Unavailable"
