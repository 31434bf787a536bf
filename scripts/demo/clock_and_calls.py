"""What AION does without being asked again: a schedule that fires, and a webhook that tells of the end."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Empty, Queue

from aion_sdk import WebhookEvent, WebhookVerificationError, webhooks
from scripts.demo.http_calls import call
from scripts.demo.places import text
from scripts.demo.processes import Server
from scripts.demo.terminal import check, say

FIRES_WITHIN = 30.0


class Receiver:
    """A service that takes webhooks: what came lies in a queue, as (headers, body)."""

    def __init__(self) -> None:
        self.received: Queue[tuple[dict[str, str], bytes]] = Queue()
        received = self.received

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                received.put(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:
                """Says nothing: the demo shows what came."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        """HOST:PORT."""
        return f"127.0.0.1:{self._server.server_port}"

    @contextmanager
    def listening(self) -> Iterator["Receiver"]:
        """Takes webhooks while the block runs."""
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def fires_and_tells(server: Server, receiver: Receiver) -> None:
    """A schedule submits a task every two seconds; a webhook brings its end, and its signature is verified."""
    webhook = {"url": f"http://{receiver.address}/ended", "intents": ["redact"], "description": "the demo"}
    status, _, made = call(server, "POST", "/v1/webhooks", webhook)
    check(status == 200 and made["secret"].startswith("whsec_"), f"a webhook with a secret, not {status} {made}")
    task = {"intent": "redact", "params": {"text": text("support_email.en.txt")}}
    schedule = {"schedule_id": "demo", "cron": "@every 2s", "task": task, "overlap": "OVERLAP_SKIP"}
    status, _, planned = call(server, "POST", "/v1/schedules", schedule)
    check(status == 200, f"a schedule, not {status} {planned}")
    say.print(f"[dim]{planned['cron']}, next at[/] {planned['next_fire_time']}")
    headers, body, event = _first_of_schedule(receiver, made["secret"])
    check(event.data["schedule_id"] == "demo", f"a task of the schedule, not {event.data}")
    say.print(f"[dim]fired:[/] {event.data['task_id']} ended {event.data['status']}")
    say.print(f"[dim]webhook[/] {event.type} [dim]id[/] {event.delivery_id} [dim]signature verified[/]")
    try:
        webhooks.verify(body.replace(b"task.ok", b"task.no"), headers, made["secret"])
    except WebhookVerificationError as refusal:
        say.print(f"[dim]the same with one word changed:[/] {refusal}")
    else:
        check(False, "a changed webhook to be refused")
    status, _, paused = call(server, "POST", "/v1/schedules/demo:pause", {"note": "enough"})
    check(status == 200 and paused["paused"], f"a paused schedule, not {status} {paused}")


def _first_of_schedule(receiver: Receiver, secret: str) -> tuple[dict[str, str], bytes, WebhookEvent]:
    """The first webhook of a scheduled task; every one that comes must be signed."""
    while True:
        try:
            headers, body = receiver.received.get(timeout=FIRES_WITHIN)
        except Empty:
            raise SystemExit(f"demo: expected a webhook within {FIRES_WITHIN:.0f} s") from None
        event = webhooks.verify(body, headers, secret)
        if event.data.get("schedule_id"):
            return headers, body, event
