"""The bytes of a WebSocket connection before they are frames: what is held back until it is its turn."""

from aion.adapters.transports.websocket.inflow import Inflow

SEEDS = (
    b"\x81\x85\0\0\0\0hello",
    b"\x01\x80\0\0\0\0\x80\x80\0\0\0\0",
    b"\x82\xfe\x01\0\0\0\0\0" + b"x" * 256,
    b"\x82\xff\0\0\0\0\0\1\0\0\0\0\0\0" + b"x" * 64,
    b"\x89\x80\0\0\0\0\x88\x82\0\0\0\0\3\xe8",
)
REFUSALS = ()


def target(data: bytes) -> None:
    """In pieces of eleven bytes, while time goes on: what comes out is what went in, in its order."""
    now = 0.0
    inflow = Inflow(lambda: now)
    out = bytearray()
    for at in range(0, len(data), 11):
        inflow.put(data[at : at + 11])
        now += 60.0
        while inflow.ready and (piece := inflow.piece()):
            out += piece
    assert data.startswith(out)
