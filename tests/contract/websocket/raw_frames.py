"""Frames that no client library would send."""

import struct

from tests.e2e.socket_faces import Socket


async def send_raw(socket: Socket, opcode: int, data: bytes, *, fin: bool = True, masked: bool = True) -> None:
    """Writes a frame past the client library, which would refuse to."""
    length = len(data)
    mark = 0x80 if masked else 0
    size = (
        bytes([mark | length])
        if length < 126
        else bytes([mark | 126]) + struct.pack("!H", length)
        if length < 1 << 16
        else bytes([mark | 127]) + struct.pack("!Q", length)
    )
    socket.wire.transport.write(bytes([(0x80 if fin else 0) | opcode]) + size + (b"\0\0\0\0" if masked else b"") + data)
