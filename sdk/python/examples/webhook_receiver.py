# ruff: noqa: INP001, T201 - examples stand alone and print
"""Receive AION's webhooks: `AION_WEBHOOK_SECRET=whsec_... python webhook_receiver.py PORT`. Put it behind HTTPS."""

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from aion_sdk import WebhookVerificationError
from aion_sdk.webhooks import verify

SECRET = os.environ.get("AION_WEBHOOK_SECRET", "")
LARGEST = 1024 * 1024
seen: set[str] = set()


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 to what is signed, 400 to everything else."""

    def do_POST(self) -> None:
        """Check first, then look whether it came before: deliveries are made at least once."""
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), LARGEST))
        try:
            event = verify(body, dict(self.headers), SECRET)
        except WebhookVerificationError:
            self.send_response(400)
        else:
            if event.delivery_id not in seen:
                seen.add(event.delivery_id)
                print(event.type, event.data, flush=True)
            self.send_response(204)
        self.end_headers()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not SECRET:
        sys.exit("usage: AION_WEBHOOK_SECRET=whsec_... python webhook_receiver.py PORT")
    with HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver) as server:
        print(f"listening on port {server.server_port}", flush=True)
        server.serve_forever()
