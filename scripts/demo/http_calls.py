"""REST and server-sent events with nothing but the standard library: what curl would do."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

from scripts.demo.processes import Server


def call(
    server: Server, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], Any]:
    """Status, headers and the JSON of the answer."""
    connection = http.client.HTTPConnection(server.http, timeout=30)
    given = {"Authorization": f"Bearer {server.api_key}", "Content-Type": "application/json"} | (headers or {})
    connection.request(method, path, json.dumps(body) if body is not None else None, given)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, answer


def events(server: Server, path: str, after: int) -> Iterator[dict[str, Any]]:
    """The events of a stream, each {event, offset, data}, until its end or until the reader hangs up."""
    connection = http.client.HTTPConnection(server.http, timeout=30)
    connection.request("GET", path, headers={"Authorization": f"Bearer {server.api_key}", "Last-Event-ID": str(after)})
    event: dict[str, Any] = {}
    try:
        for raw in connection.getresponse():
            name, _, value = raw.decode().rstrip("\n").partition(": ")
            if name == "event":
                event["event"] = value
            elif name == "id":
                event["offset"] = int(value)
            elif name == "data":
                event["data"] = json.loads(value)
            elif not name and event:
                yield event
                event = {}
    finally:
        connection.close()
