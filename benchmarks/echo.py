"""A grpc.aio server that echoes bytes: what nothing on grpc.aio can beat."""

import json
import os
import sys
from pathlib import Path

import grpc
import uvloop
from grpc import aio


class _Echo(grpc.GenericRpcHandler):
    def service(self, details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes]":
        async def echo(data: bytes, _context: object) -> bytes:
            return data

        return grpc.unary_unary_rpc_method_handler(echo)


async def main(ready: Path) -> None:
    """Serves until the process is ended."""
    server = aio.server(options=[("grpc.max_concurrent_streams", 1000), ("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers((_Echo(),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    announce(ready, port)
    await server.wait_for_termination()


def announce(ready: Path, port: int) -> None:
    """Says where the server listens, whole or not at all."""
    waiting = ready.with_suffix(".part")
    waiting.write_text(json.dumps({"grpc": f"127.0.0.1:{port}", "pid": os.getpid()}))
    waiting.replace(ready)


if __name__ == "__main__":
    uvloop.run(main(Path(sys.argv[sys.argv.index("--ready-file") + 1])))
