"""Ray with one node and one deployment of two replicas; serves until the process is ended.

python -m benchmarks.peers.apps.ray_serve_app FOLDER READY-FILE
"""

import signal
import sys
from pathlib import Path

import ray
from ray import serve
from ray.serve.config import HTTPOptions
from ray.serve.schema import LoggingConfig
from starlette.requests import Request
from starlette.responses import Response

from benchmarks.peers.children import free_port

REPLICAS = 2
_QUIET = LoggingConfig(enable_access_log=False)


@serve.deployment(num_replicas=REPLICAS, max_ongoing_requests=100, logging_config=_QUIET)
class Echo:
    """The job."""

    async def __call__(self, request: Request) -> Response:
        """Answers with the body."""
        return Response(await request.body())


def main(folder: Path, ready: Path) -> None:
    """Starts everything, says where it listens, then waits."""
    address = f"127.0.0.1:{free_port()}"
    host, _, port = address.partition(":")
    ray.init(num_cpus=REPLICAS, include_dashboard=False, log_to_driver=False, _temp_dir=str(folder))
    serve.start(http_options=HTTPOptions(host=host, port=int(port)), logging_config=_QUIET)
    serve.run(Echo.bind())
    waiting = ready.with_suffix(".part")
    waiting.write_text(address)
    waiting.replace(ready)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # Ray's own end runs at exit
    while True:
        signal.pause()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
