"""`make demo`: what a newcomer runs first ends well and shows what happened."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_demo_runs_every_step_and_shows_tasks_and_reasons():
    """It checks every answer itself and exits 0 only when all were right; here, that it shows them."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AION_")}
    ended = subprocess.run(
        [sys.executable, "-m", "scripts.demo"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-2000:]
    said = ended.stdout
    for step in (
        "gRPC:",
        "REST:",
        "SSE:",
        "WebSocket:",
        "Python SDK:",
        "TypeScript SDK:",
        "Modules:",
        "aionctl:",
        "refused",
    ):
        assert step in said
    for proof in (
        "signature verified",
        "fired:",
        "2 of 2 fixtures passed",
        "by module:words@1.0.0",
        "is killed (SIGKILL)",
        "worker-2 took over",
    ):
        assert proof in said
    tasks, _, reasons = said.partition("Tasks\n")[2].partition("Why ")
    for column in ("intent", "state", "engine", "attempts", "tokens", "fuel", "cost"):
        assert column in tasks
    assert tasks.count("1 (OK)") >= 9
    assert {"candidate", "eligible", "reason"} <= set(reasons.split())
    assert "All right." in said
