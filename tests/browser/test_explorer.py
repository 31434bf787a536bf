"""The page on which people try the API: it works in a real browser, with nothing from elsewhere."""

import json
from urllib.parse import urlsplit

import httpx2
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.site import Site
from tests.e2e.processes import Running, new_tenant

OPERATION = "#operations-AionTasks-AionTasks_Submit"
PATIENCE_MS = 30_000


def explorer(chromium: Browser, aion: Running) -> tuple[Page, list[str], list[Request]]:
    """The page, what its console says, and what it fetches."""
    said: list[str] = []
    fetched: list[Request] = []
    page = chromium.new_context().new_page()
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: fetched.append(request))  # noqa: PLW0108 - Playwright marks the function
    page.goto(f"{aion.url}/docs")
    return page, said, fetched


def test_a_person_authorises_sends_a_task_and_sees_the_answer(chromium: Browser, aion: Running):
    page, said, fetched = explorer(chromium, aion)
    page.locator(".btn.authorize").first.click()
    page.locator(".auth-container input[type=text]").first.fill(aion.key(new_tenant()))
    page.locator(".auth-btn-wrapper .authorize").first.click()
    page.locator(".auth-btn-wrapper .btn-done").first.click()
    operation = page.locator(".opblock", has_text="/v1/tasks").filter(has_text="Accepts a task durably and").first
    operation.locator(".opblock-summary").click()
    body = {"intent": "redact", "params": {"text": "write to ada@example.org"}}
    operation.locator("textarea").first.fill(json.dumps(body))
    operation.locator(".btn.execute").click()
    answer = operation.locator(".live-responses-table .response .highlight-code").first
    expect(answer).to_contain_text('"task_id"', timeout=PATIENCE_MS)
    assert {urlsplit(request.url).netloc for request in fetched if not request.url.startswith("data:")} == {aion.http}
    assert said == []


def test_the_page_asks_for_a_policy_of_its_own_and_everything_else_keeps_the_strict_one(aion: Running):
    page = httpx2.get(f"{aion.url}/docs")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe-eval" not in page.headers["content-security-policy"]
    document = httpx2.get(f"{aion.url}/openapi.json")
    assert document.headers["content-security-policy"].startswith("default-src 'none'")


def test_no_other_site_can_frame_it(chromium: Browser, aion: Running, site: Site):
    page = chromium.new_context().new_page()
    page.goto(f"{site.foreign}/")
    page.evaluate("(url) => { document.body.innerHTML = `<iframe src='${url}'></iframe>`; }", f"{aion.url}/docs")
    frame = page.frames[-1]
    frame.wait_for_load_state()
    assert frame.locator("#explorer").count() == 0
