# Written by sdk/python/sync_face.py from aion_sdk/_async/server.py. DO NOT EDIT!
"""What the server is."""

from aion_sdk._contract import methods
from aion_sdk._sync.calls import Calls
from aion_sdk._sync.raw import RawCall
from aion_sdk._wire import decode, encode
from aion_sdk.catalog import ServerInfo


class Server:
    """The server behind the channel."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def info(self, *, timeout: float | None = None) -> ServerInfo:
        """Read the server's version and limits."""
        answer = self._calls.unary(methods.GET_SERVER_INFO, encode.server_info_request(), timeout)
        return decode.server_info(answer)

    @property
    def with_raw_response(self) -> "RawServer":
        """The same calls, each answering with a RawResponse."""
        return RawServer(self)


class RawServer:
    """The server, with raw responses."""

    def __init__(self, server: Server) -> None:
        self.info = RawCall(server.info)
