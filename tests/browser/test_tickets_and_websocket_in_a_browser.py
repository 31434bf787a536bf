"""Tickets in a page: EventSource and WebSocket by ticket from an allowed origin, and neither from a foreign one."""

from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.e2e.processes import Running, new_tenant

# Follows a task to its end; what it got is (event, offset), and an empty last one when the browser gave up.
EVENT_SOURCE = """([url]) => new Promise((resolve) => {
  const got = [];
  const source = new EventSource(url);
  const end = () => { source.close(); resolve(got); };
  for (const name of ["token", "done"]) {
    source.addEventListener(name, (event) => {
      got.push([name, Number(event.lastEventId)]);
      if (name === "done") end();
    });
  }
  source.onerror = () => { if (source.readyState === EventSource.CLOSED) { got.push(["", 0]); end(); } };
})"""
# Says the frames that are given, one at `ready` and the others when a call has ended; what it got, and how it closed.
WEB_SOCKET = """([url, frames]) => new Promise((resolve) => {
  const got = [];
  const socket = new WebSocket(url, ["aion.v1.json"]);
  const next = () => (frames.length ? socket.send(JSON.stringify(frames.shift())) : socket.close(1000));
  if (url.indexOf("ticket") < 0) socket.onopen = next;
  socket.onmessage = ({data}) => {
    const frame = JSON.parse(data);
    got.push([frame.type, frame.offset ?? 0]);
    if (["ready", "done", "error", "task"].includes(frame.type)) next();
  };
  socket.onclose = ({code, wasClean}) => resolve({got, code, wasClean, protocol: socket.protocol});
})"""
TOLD = [["token", 1], ["token", 2], ["token", 4], ["token", 6]]
"""The story's tokens; what is between is for others to hear."""


class Owner:
    """Somebody with a key, a finished task and tickets for pages."""

    def __init__(self, aion: Running) -> None:
        self._url = aion.url
        self._headers = {"authorization": f"Bearer {aion.key(new_tenant())}"}
        self.task = self.post("/v1/tasks", intent="story", wait="30s")
        self.end = self.task["last_offset"]

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = httpx2.post(self._url + path, json=body, headers=self._headers, timeout=60)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def ticket(self, **wish: Any) -> str:
        ticket: str = self.post("/v1/tickets", **wish)["ticket"]
        return ticket


@pytest.fixture
def owner(aion: Running) -> Owner:
    return Owner(aion)


def follow(page: Page, aion: Running, path: str) -> Any:
    return page.evaluate(EVENT_SOURCE, [aion.url + path])


def converse(page: Page, aion: Running, path: str, *frames: dict[str, Any]) -> Any:
    return page.evaluate(WEB_SOCKET, [f"ws://{aion.http}{path}", list(frames)])


def subscribe(owner: Owner) -> dict[str, Any]:
    return {"id": "1", "type": "subscribe", "task_id": owner.task["task_id"]}


def test_an_event_source_follows_a_task_by_ticket(visit: Visit, aion: Running, site: Site, owner: Owner):
    task_id = owner.task["task_id"]
    page = visit(site.allowed)
    got = follow(page, aion, f"/v1/stream/{task_id}?ticket={owner.ticket(task_id=task_id)}")
    assert got == [*TOLD, ["done", owner.end]]
    rest = follow(page, aion, f"/v1/tasks/{task_id}:watch?after_offset=4&ticket={owner.ticket()}")
    assert rest == [event for event in got if event[1] > 4]


def test_an_event_source_without_a_good_ticket_gives_up(visit: Visit, aion: Running, site: Site, owner: Owner):
    task_id = owner.task["task_id"]
    page = visit(site.allowed)
    for query in ("", f"?ticket={owner.ticket()}x", f"?ticket={owner.ticket(task_id='another')}"):
        assert follow(page, aion, f"/v1/stream/{task_id}{query}") == [["", 0]]


def test_an_event_source_of_a_foreign_page_hears_nothing(visit: Visit, aion: Running, site: Site, owner: Owner):
    path = f"/v1/stream/{owner.task['task_id']}?ticket={owner.ticket()}"
    assert follow(visit(site.foreign), aion, path) == [["", 0]]


def test_a_websocket_submits_follows_and_cancels_by_ticket(visit: Visit, aion: Running, site: Site, owner: Owner):
    ticket = owner.ticket(scopes=["tasks:read", "tasks:write", "intent:echo:run"])
    submit = {"id": "2", "type": "submit", "request": {"intent": "echo"}, "subscribe": True}
    cancel = {"id": "3", "type": "cancel", "task_id": owner.task["task_id"]}
    said = converse(visit(site.allowed), aion, f"/v1/ws?ticket={ticket}", subscribe(owner), submit, cancel)
    names = [name for name, _ in said["got"]]
    assert names[:2] == ["ready", "subscribed"]
    assert ["done", owner.end] in said["got"]
    assert names.index("accepted") > names.index("done")
    assert names[-1] == "task"
    assert (said["code"], said["wasClean"], said["protocol"]) == (1000, True, "aion.v1.json")


def test_a_websocket_shows_its_ticket_in_a_first_frame(visit: Visit, aion: Running, site: Site, owner: Owner):
    page = visit(site.allowed)
    said = converse(page, aion, "/v1/ws", {"type": "auth", "token": owner.ticket()}, subscribe(owner))
    assert [said["got"][0][0], said["got"][-1][0]] == ["ready", "done"]
    refused = converse(page, aion, "/v1/ws", {"type": "auth", "token": "aion_ticket_guessed"})
    assert (refused["got"], refused["code"]) == ([["refused", 0]], 4401)


def test_a_foreign_page_opens_no_websocket(visit: Visit, aion: Running, site: Site, owner: Owner):
    ticket = owner.ticket()
    refused = converse(visit(site.foreign), aion, f"/v1/ws?ticket={ticket}", subscribe(owner))
    assert refused == {"got": [], "code": 1006, "wasClean": False, "protocol": ""}
    assert converse(visit(site.allowed), aion, f"/v1/ws?ticket={ticket}")["got"] == [["ready", 0]]
