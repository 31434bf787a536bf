"""Connect and gRPC-Web as clients write them, by hand: what goes over the wire is what the protocols' documents say."""

import base64
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import unquote

import httpx2
import orjson
from google.protobuf import json_format
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.message import Message
from google.rpc import status_pb2

from aion.adapters.rpc.methods import Method
from tests.e2e.answers import CODE_NAMES, Document, Frame, Refused, document_of, frames_of, refusal_of_status

Headers = Mapping[str, str]
CODES = {name.lower().replace("cancelled", "canceled"): number for number, name in CODE_NAMES.items()}


def envelope(data: bytes, flags: int = 0) -> bytes:
    """A message with flags and length before it."""
    return bytes([flags]) + len(data).to_bytes(4, "big") + data


@dataclass(frozen=True)
class Wire:
    """What both protocols share: a codec, a client, headers that every call carries."""

    client: httpx2.AsyncClient
    headers: Headers
    codec: str

    def write(self, request: Message | bytes) -> bytes:
        """The request's bytes; bytes are sent as they are."""
        if isinstance(request, bytes):
            return request
        if self.codec == "proto":
            return request.SerializeToString()
        return orjson.dumps(json_format.MessageToDict(request))

    def read(self, method: Method, data: bytes) -> Any:
        """A message of the answer."""
        if self.codec == "proto":
            return method.response.FromString(data)
        return json_format.Parse(data, method.response())


@dataclass(frozen=True)
class ConnectFace(Wire):
    """The Connect protocol."""

    @property
    def name(self) -> str:
        """The face's name in the matrix."""
        return f"connect-{self.codec}"

    async def unary(self, method: Method, request: Message | bytes, headers: Headers | None = None) -> Document:
        """The answer as its document. Raises Refused."""
        said = {"content-type": f"application/{self.codec}", "connect-protocol-version": "1", **self.headers}
        answer = await self.client.post(method.path, content=self.write(request), headers={**said, **(headers or {})})
        if answer.status_code != 200:
            assert answer.headers["content-type"] == "application/json", answer.text
            raise Refused(_refusal(answer.json(), answer, answer.status_code))
        assert answer.headers["content-type"] == f"application/{self.codec}"
        return document_of(self.read(method, answer.content))

    async def stream(
        self, method: Method, request: Message | bytes, headers: Headers | None = None
    ) -> AsyncIterator[Frame]:
        """The frames, heartbeats left out. Raises Refused."""
        media = f"application/connect+{self.codec}"
        said = {"content-type": media, "connect-protocol-version": "1", **self.headers, **(headers or {})}
        body = envelope(self.write(request))
        async with self.client.stream("POST", method.path, content=body, headers=said) as answer:
            assert (answer.status_code, answer.headers["content-type"]) == (200, media)
            first, ended = True, False
            async for flags, data in _envelopes(answer):
                assert not ended
                if flags & 0b10:
                    ended = True
                    error = orjson.loads(data).get("error")
                    if error:
                        raise Refused(_refusal(error, answer, answer.status_code))
                    continue
                for frame in frames_of(self.read(method, data), first=first):
                    yield frame
                first = False
            assert ended, "the stream broke off"


@dataclass(frozen=True)
class GrpcWebFace(Wire):
    """gRPC-Web."""

    name: ClassVar[str] = "grpc-web"

    async def unary(self, method: Method, request: Message | bytes, headers: Headers | None = None) -> Document:
        """The answer as its document. Raises Refused."""
        messages = [data async for data in self._messages(method, request, headers)]
        assert len(messages) == 1
        return document_of(self.read(method, messages[0]))

    async def stream(
        self, method: Method, request: Message | bytes, headers: Headers | None = None
    ) -> AsyncIterator[Frame]:
        """The frames, heartbeats left out. Raises Refused."""
        first = True
        async for data in self._messages(method, request, headers):
            for frame in frames_of(self.read(method, data), first=first):
                yield frame
            first = False

    async def _messages(
        self, method: Method, request: Message | bytes, headers: Headers | None
    ) -> AsyncIterator[bytes]:
        media = f"application/grpc-web+{self.codec}"
        said = {"content-type": media, "x-grpc-web": "1", **self.headers, **(headers or {})}
        body = envelope(self.write(request))
        async with self.client.stream("POST", method.path, content=body, headers=said) as answer:
            assert (answer.status_code, answer.headers["content-type"]) == (200, media)
            trailers: dict[str, str] | None = None
            async for flags, data in _envelopes(answer):
                assert trailers is None
                if flags & 0x80:
                    trailers = dict(line.split(": ", 1) for line in data.decode("ascii").splitlines())
                else:
                    yield data
            assert trailers is not None, "the stream broke off"
            if trailers["grpc-status"] != "0":
                status = status_pb2.Status.FromString(base64.b64decode(trailers["grpc-status-details-bin"] + "==="))
                assert (str(status.code), status.message) == (
                    trailers["grpc-status"],
                    unquote(trailers["grpc-message"]),
                )
                raise Refused(refusal_of_status(status, answer.headers))


async def _envelopes(answer: httpx2.Response) -> AsyncIterator[tuple[int, bytes]]:
    buffer = b""
    async for chunk in answer.aiter_bytes():
        buffer += chunk
        while len(buffer) >= 5 and len(buffer) >= 5 + (length := int.from_bytes(buffer[1:5], "big")):
            yield buffer[0], buffer[5 : 5 + length]
            buffer = buffer[5 + length :]
    assert not buffer, "the last envelope is not whole"


def _refusal(error: Document, answer: httpx2.Response, http_status: int) -> Any:
    details = [
        Packed(type_url=f"type.googleapis.com/{detail['type']}", value=base64.b64decode(detail["value"] + "==="))
        for detail in error["details"]
    ]
    status = status_pb2.Status(code=CODES[error["code"]], message=error["message"], details=details)
    return refusal_of_status(status, answer.headers, http_status)
