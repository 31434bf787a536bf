"""The HTTP face of a process that serves no API, such as a worker apart: probes and metrics, nothing else."""

from collections.abc import Awaitable, Callable, Mapping

from aion.adapters.rpc.answers import Refused
from aion.adapters.telemetry.metrics import CONTENT_TYPE
from aion.adapters.transports.http.answers import AsgiApp, Receive, Scope, Send, send_answer
from aion.adapters.transports.http.probes import Probes
from aion.adapters.transports.http.problems import MethodNotAllowed, send_problem, stray_marks
from aion.adapters.transports.http.security_headers import guarded
from aion.domain.errors import AionError, MethodNotFound

Page = Callable[[Scope, Send], Awaitable[None]]


def probe_app(problems: Callable[[], Mapping[str, str]], metrics: Callable[[], bytes] | None) -> AsgiApp:
    """The probes, and `metrics` unless they are nobody's business here."""
    probes = Probes(problems, {})

    async def measured(_: Scope, send: Send) -> None:
        assert metrics is not None
        await send_answer(send, 200, CONTENT_TYPE.encode(), metrics(), [])

    pages: dict[str, Page] = {"/livez": probes.live, "/readyz": probes.readiness, "/healthz": probes.health}
    if metrics is not None:
        pages["/metrics"] = measured

    async def app(scope: Scope, _: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        page = pages.get(scope["path"])
        if page is None:
            await _refuse(send, MethodNotFound(f"this process serves no API; it answers {', '.join(pages)}"))
        elif scope["method"] not in ("GET", "HEAD"):
            await _refuse(send, MethodNotAllowed(scope["method"], scope["path"], ["GET"]))
        else:
            await page(scope, send)

    return guarded(app)


async def _refuse(send: Send, error: AionError) -> None:
    await send_problem(send, Refused(error, stray_marks()))
