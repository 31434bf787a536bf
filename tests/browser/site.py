"""A web site of one empty page, under two names: one origin that the tested server allows, and one that it does not."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = b"<!doctype html><meta charset=utf-8><title>A page</title>"


@dataclass(frozen=True)
class Site:
    """Where the page is. A browser takes the two addresses for two origins."""

    port: int

    @property
    def allowed(self) -> str:
        """The origin that is in the server's list."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def foreign(self) -> str:
        """The origin that is not."""
        return f"http://localhost:{self.port}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextlib.contextmanager
def a_site() -> Iterator[Site]:
    """Serves while the block runs."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        serving.start()
        try:
            yield Site(server.server_port)
        finally:
            server.shutdown()
            serving.join()
