"""A browser that stops reading its stream, over a real connection: it is cut, and nobody waits for it."""

import asyncio
import socket

import pytest

from aion.adapters.rpc.streams import StreamTimes
from aion.adapters.transports.connect.app import ConnectApp
from aion.adapters.transports.http.bodies import Bodies
from aion.adapters.transports.web.server import HttpSettings, http_server
from aion.v1 import tasks_pb2
from tests.e2e.connect_faces import envelope
from tests.e2e.flood import PATIENCE, WATCH, Flood


@pytest.mark.parametrize("media", ["application/connect+proto", "application/grpc-web+proto"])
async def test_a_reader_that_stops_reading_is_cut(media):
    """4.8 A watcher holds no queue in the server: its position is its offset. One that takes nothing for
    30 s is cut as `READER_TOO_SLOW`, with its offset, and resumes."""
    flood = Flood()
    app = ConnectApp(Bodies(flood.pipeline(StreamTimes(reader=0.2))))
    async with http_server(HttpSettings("127.0.0.1", 0), app, lambda: 0.0) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            body = envelope(tasks_pb2.WatchRequest(task_id="t").SerializeToString())
            head = f"POST {WATCH} HTTP/1.1\r\nhost: x\r\ncontent-type: {media}\r\ncontent-length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode() + body)
            # It reads nothing: buffers fill, and the server gives it up without its help.
            await asyncio.wait_for(flood.left.wait(), PATIENCE)
            await asyncio.wait_for(flood.over.wait(), PATIENCE)
    assert flood.ended == [("ABORTED", "READER_TOO_SLOW")]
