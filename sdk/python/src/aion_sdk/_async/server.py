"""What the server is."""

from aion_sdk._async.calls import AsyncCalls
from aion_sdk._async.raw import AsyncRawCall
from aion_sdk._contract import methods
from aion_sdk._wire import decode, encode
from aion_sdk.catalog import ServerInfo


class AsyncServer:
    """The server behind the channel."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def info(self, *, timeout: float | None = None) -> ServerInfo:
        """Read the server's version and limits."""
        answer = await self._calls.unary(methods.GET_SERVER_INFO, encode.server_info_request(), timeout)
        return decode.server_info(answer)

    @property
    def with_raw_response(self) -> "AsyncRawServer":
        """The same calls, each answering with a RawResponse."""
        return AsyncRawServer(self)


class AsyncRawServer:
    """The server, with raw responses."""

    def __init__(self, server: AsyncServer) -> None:
        self.info = AsyncRawCall(server.info)
