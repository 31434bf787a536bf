"""aionctl as a process of its own: its exit code, and what a terminal gets."""

import os
import subprocess
import sys

import grpc

from tests.sdk.double import Double, answer, refuse, task

Code = grpc.StatusCode


def settings(double: Double) -> dict[str, str]:
    return {"AION_SERVER": double.target, "AION_API_KEY": "aion_key", "XDG_CONFIG_HOME": "/no/such/folder"}


def test_the_installed_command_answers_and_passes_its_exit_code_on(double: Double) -> None:
    double.script("StatusById", answer(task()), refuse(Code.NOT_FOUND, "TASK_NOT_FOUND"))
    command = [sys.executable, "-c", "from aionctl.main import main; main()", "get", "t1"]
    found, lost = (
        subprocess.run(command, check=False, env=settings(double), capture_output=True, text=True) for _ in range(2)
    )
    assert (found.returncode, lost.returncode) == (0, 4)
    assert '"summary": "short"' in found.stdout
    assert "TASK_NOT_FOUND" in lost.stderr


def test_a_terminal_gets_colours_unless_it_asks_for_none(double: Double) -> None:
    double.script("StatusById", answer(task()))

    def shown(**environ: str) -> bytes:
        ours, theirs = os.openpty()
        command = [sys.executable, "-c", "from aionctl.main import main; main()", "get", "t1"]
        env = settings(double) | {"TERM": "xterm-256color"} | environ
        with subprocess.Popen(command, env=env, stdout=theirs) as process:
            os.close(theirs)
            seen = b""
            while chunk := _read(ours):
                seen += chunk
            assert process.wait() == 0
        os.close(ours)
        return seen

    green = b"\x1b[32m"
    assert green in shown()
    assert green not in shown(NO_COLOR="1")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # how Linux says that the other end of a pty is closed
        return b""
