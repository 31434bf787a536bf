"""The children that compile: each reads WebAssembly and answers with native code, or with why there is none."""

import os
import subprocess
from datetime import timedelta

from aion.adapters.engines.wasm.children import command, environment


class Compilers:
    """Runs compilers from any thread. `end` kills those that run, so that nobody who leaves waits for them."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self.ended = False

    def run(self, arguments: tuple[object, ...], wasm: bytes, timeout: timedelta) -> tuple[int, bytes, bytes]:
        """Status, output and errors of one compiler. Raises subprocess.TimeoutExpired."""
        with subprocess.Popen(
            command("compile", os.getpid(), *arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            env=environment(),
        ) as process:
            self._running.add(process)
            try:
                if self.ended:
                    process.kill()
                output, errors = process.communicate(wasm, timeout.total_seconds())
            except BaseException:
                process.kill()
                raise
            finally:
                self._running.discard(process)
        return process.returncode, output, errors

    def end(self) -> None:
        """Kills every compiler that runs; none is started afterwards that would live."""
        self.ended = True
        for process in tuple(self._running):
            process.kill()
