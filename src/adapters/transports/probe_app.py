"""The HTTP face of a process that serves no API, such as a worker apart: probes and metrics, nothing else."""

from collections.abc import Callable, Mapping

import orjson

from aion.adapters.transports.http_answers import JSON_TYPE, AsgiApp, Receive, Scope, Send, send_answer
from aion.adapters.transports.http_probes import Probes
from aion.adapters.transports.security_headers import guarded

METRICS_TYPE = b"text/plain; version=0.0.4; charset=utf-8"


def probe_app(problems: Callable[[], Mapping[str, str]], metrics: Callable[[], bytes] | None) -> AsgiApp:
    """The probes, and `metrics` unless they are nobody's business here."""
    probes = Probes(problems, {})
    pages = {"/livez": probes.live, "/readyz": probes.readiness, "/healthz": probes.health}

    async def app(scope: Scope, _: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        page = pages.get(scope["path"])
        if scope["method"] not in ("GET", "HEAD"):
            await _problem(send, 405)
        elif page is not None:
            await page(scope, send)
        elif scope["path"] == "/metrics" and metrics is not None:
            await send_answer(send, 200, METRICS_TYPE, metrics(), [])
        else:
            await _problem(send, 404)

    return guarded(app)


async def _problem(send: Send, status: int) -> None:
    body = {"type": "about:blank", "status": status, "detail": "this process answers GET of /livez, /readyz, /healthz"}
    await send_answer(send, status, JSON_TYPE, orjson.dumps(body), [])
