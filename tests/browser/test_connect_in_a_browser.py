"""Connect and gRPC-Web from a page, by fetch: what an allowed origin may do, and what a foreign one may not."""

import json
from typing import Any

import pytest
from google.protobuf.message import Message
from playwright.sync_api import Page

from aion.v1 import tasks_pb2
from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.e2e.connect_faces import envelope
from tests.e2e.processes import Running, new_tenant

# Sends bytes (or a text) and gives back everything that the page could read of the answer.
CALL = """async ([url, headers, body]) => {
  const bytes = typeof body === "string" ? body : new Uint8Array(body);
  try {
    const answer = await fetch(url, {method: "POST", headers, body: bytes});
    const seen = Object.fromEntries(answer.headers.entries());
    return {status: answer.status, headers: seen, body: [...new Uint8Array(await answer.arrayBuffer())]};
  } catch (error) {
    return {refused: error.name};
  }
}"""
# Reads a stream as it comes, and leaves after the first message.
FIRST_CHUNK = """async ([url, headers, body]) => {
  const leave = new AbortController();
  const options = {method: "POST", headers, body: new Uint8Array(body), signal: leave.signal};
  const answer = await fetch(url, options);
  const {value} = await answer.body.getReader().read();
  leave.abort();
  return [...value];
}"""
SIMPLE = """async (url) => {
  try {
    return (await fetch(url)).status;
  } catch (error) {
    return error.name;
  }
}"""
SUBMIT = "/aion.v1.AionTasks/Submit"
STREAM = "/aion.v1.AionTasks/Stream"
STATUS = "/aion.v1.AionTasks/StatusById"


def call(page: Page, aion: Running, path: str, media: str, body: str | bytes, **headers: str) -> Any:
    said = {"content-type": media, "authorization": f"Bearer {aion.key(new_tenant())}", **headers}
    return page.evaluate(CALL, [aion.url + path, said, body if isinstance(body, str) else list(body)])


def envelopes(data: list[int]) -> list[tuple[int, bytes]]:
    found, rest = [], bytes(data)
    while rest:
        end = 5 + int.from_bytes(rest[1:5], "big")
        found.append((rest[0], rest[5:end]))
        rest = rest[end:]
    return found


def proto(message: Message) -> bytes:
    return envelope(message.SerializeToString())


def test_a_page_of_an_allowed_origin_calls_connect(visit: Visit, aion: Running, site: Site):
    page = visit(site.allowed)
    task = json.dumps({"intent": "echo", "wait": "30s"})
    headers = {"connect-protocol-version": "1", "connect-timeout-ms": "60000"}
    answer = call(page, aion, SUBMIT, "application/json", task, **headers)
    assert answer["status"] == 200
    assert json.loads(bytes(answer["body"]))["state"] == "TASK_STATE_OK"
    assert len(answer["headers"]["x-trace-id"]) == 32


def test_a_page_of_an_allowed_origin_streams_over_connect(visit: Visit, aion: Running, site: Site):
    page = visit(site.allowed)
    body = envelope(json.dumps({"intent": "story"}).encode())
    answer = call(page, aion, STREAM, "application/connect+json", body)
    *messages, end = envelopes(answer["body"])
    assert end == (2, b"{}")
    tasks = [json.loads(data) for _, data in messages]
    assert tasks[-1]["state"] == "TASK_STATE_OK"
    assert "EVENT_KIND_TOKEN" in [task.get("event", {}).get("kind") for task in tasks]


def test_messages_reach_the_page_before_the_stream_ends(visit: Visit, aion: Running, site: Site):
    page = visit(site.allowed)
    headers = {"content-type": "application/connect+json", "authorization": f"Bearer {aion.key(new_tenant())}"}
    body = list(envelope(json.dumps({"intent": "endless"}).encode()))
    first = page.evaluate(FIRST_CHUNK, [aion.url + STREAM, headers, body])
    assert json.loads(envelopes(first)[0][1])["taskId"]


def test_a_page_of_an_allowed_origin_calls_grpc_web(visit: Visit, aion: Running, site: Site):
    page = visit(site.allowed)
    request = tasks_pb2.TaskRequest(intent="story")
    answer = call(page, aion, STREAM, "application/grpc-web+proto", proto(request), **{"x-grpc-web": "1"})
    *messages, (flags, trailers) = envelopes(answer["body"])
    assert (answer["status"], flags, trailers) == (200, 0x80, b"grpc-status: 0\r\n")
    assert tasks_pb2.TaskResult.FromString(messages[-1][1]).status == "OK"


def test_a_page_can_read_why_it_was_refused(visit: Visit, aion: Running, site: Site):
    page = visit(site.allowed)
    missing = call(page, aion, STATUS, "application/json", json.dumps({"taskId": "nobody"}))
    error = json.loads(bytes(missing["body"]))
    assert (missing["status"], error["code"]) == (404, "not_found")
    assert error["details"][0]["debug"]["reason"] == "TASK_NOT_FOUND"
    web = call(page, aion, STATUS, "application/grpc-web+proto", proto(tasks_pb2.TaskId(task_id="nobody")))
    assert b"grpc-status: 5\r\n" in bytes(web["body"])
    stranger = call(page, aion, STATUS, "application/json", "{}", authorization="Bearer nothing")
    assert (stranger["status"], stranger["headers"]["www-authenticate"]) == (401, 'Bearer realm="aion"')


@pytest.mark.parametrize("media", ["application/json", "application/grpc-web+proto"])
def test_a_page_of_a_foreign_origin_cannot_call(visit: Visit, aion: Running, site: Site, media):
    body = json.dumps({"intent": "echo"}).encode()
    assert call(visit(site.foreign), aion, SUBMIT, media, body) == {"refused": "TypeError"}


def test_a_page_of_a_foreign_origin_cannot_even_read_that_the_server_lives(visit: Visit, aion: Running, site: Site):
    assert visit(site.foreign).evaluate(SIMPLE, f"{aion.url}/livez") == "TypeError"
    assert visit(site.allowed).evaluate(SIMPLE, f"{aion.url}/livez") == 200
