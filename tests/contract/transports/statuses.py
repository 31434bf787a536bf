"""What each transport says with a status."""

from typing import Any

from grpc import StatusCode

from aion.adapters.rpc.errors import HTTP_OF_CODE, HTTP_OF_REASON
from tests.e2e.connect_faces import ConnectFace
from tests.e2e.faces import Face, RestFace
from tests.e2e.socket_faces import SocketFace


def right_status(face: Face, refused: Any) -> bool:
    """Whether the refusal has the HTTP status of its transport: problems a fine one, Connect that of the code."""
    if isinstance(face, RestFace | SocketFace):
        return bool(
            refused.http_status == (HTTP_OF_REASON.get(refused.reason) or HTTP_OF_CODE[StatusCode[refused.code]])
        )
    if isinstance(face, ConnectFace):
        return refused.http_status in (200, HTTP_OF_CODE[StatusCode[refused.code]])
    return bool(refused.http_status == 0)
