"""From exec to the first `/readyz` that says yes, with compiled modules on the disk and without."""

import http.client
import socket
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks import servers
from benchmarks.load import WrongAnswer
from benchmarks.report import Figure, Row, Section, at_most
from benchmarks.scale import Scale

_LOOK_SECONDS = 0.005
_GIVE_UP_SECONDS = 120.0


def measure(scale: Scale) -> Section:
    """Cold: an empty data directory, nothing compiled. Warm: the same directory again."""
    cold: list[float] = []
    warm: list[float] = []
    for _ in range(scale.rounds):
        with tempfile.TemporaryDirectory(prefix="aion-bench-") as folder:
            data = Path(folder, "data")
            cold.append(_start(data))
            warm.extend(_start(data) for _ in range(scale.rounds))
    return Section(
        "Start",
        "Seconds from exec of `aion serve` to a 200 of /readyz, asked every 5 ms; the ten bundled modules. Cold "
        "compiles them, warm finds them compiled.",
        (
            Row(
                "warm",
                (Figure("p50 s", statistics.median(warm), at_most(1.5), 2), Figure("slowest s", max(warm), None, 2)),
            ),
            Row("cold", (Figure("p50 s", statistics.median(cold), None, 2), Figure("slowest s", max(cold), None, 2))),
        ),
    )


def _start(data: Path) -> float:
    grpc, http = _free_port(), _free_port()
    places = {
        "AION_DATA_DIR": str(data),
        "AION_GRPC_LISTEN": f"127.0.0.1:{grpc}",
        "AION_HTTP_LISTEN": f"127.0.0.1:{http}",
    }
    began = time.perf_counter()
    process = subprocess.Popen(
        [servers.AION, "serve"],
        env=servers.clean_environment() | servers.SETTINGS | places,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _ready(http):
            if process.poll() is not None or time.perf_counter() - began > _GIVE_UP_SECONDS:
                raise WrongAnswer(f"aion serve did not become ready (exit code {process.poll()})")
            time.sleep(_LOOK_SECONDS)
        return time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(30)


def _ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False  # nobody listens yet
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
