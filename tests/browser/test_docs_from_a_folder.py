"""The documentation site needs no server: opened from a folder, its search finds pages."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_search_finds_a_page_of_a_site_that_is_opened_from_a_folder(chromium: Browser, tmp_path: Path):
    subprocess.run(
        [Path(sys.executable).parent / "mkdocs", "build", "--quiet", "--site-dir", tmp_path],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        timeout=100,
        check=True,
    )
    page = chromium.new_context().new_page()
    page.goto((tmp_path / "index.html").as_uri())
    page.locator("input.md-search__input").first.click()
    page.locator("input.md-search__input").first.press_sequentially("WEBHOOK_URL_REFUSED")
    expect(page.locator('.md-search-result__link[href$="reference/errors.html#webhook_url_refused"]')).to_have_count(1)
