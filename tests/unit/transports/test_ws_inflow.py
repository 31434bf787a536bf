"""What one connection may have read in a turn of the event loop, and in a second: frames are counted, not time."""

import random
import struct

from aion.adapters.transports.websocket.inflow import Inflow, InflowBounds

TEXT, CONT, PING, FINAL = 0x1, 0x0, 0x9, 0x80


def frame(opcode: int = TEXT, data: bytes = b"", *, final: bool = True, masked: bool = True) -> bytes:
    mark, size = 0x80 if masked else 0, len(data)
    if size < 126:
        length = bytes([mark | size])
    elif size < 1 << 16:
        length = bytes([mark | 126]) + struct.pack("!H", size)
    else:
        length = bytes([mark | 127]) + struct.pack("!Q", size)
    return bytes([(FINAL if final else 0) | opcode]) + length + (b"\0\0\0\0" if masked else b"") + data


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def an_inflow(**bounds) -> tuple[Inflow, Clock]:
    clock = Clock()
    return Inflow(clock, InflowBounds(**bounds)), clock


def pieces(inflow: Inflow) -> list[bytes]:
    found = []
    while piece := inflow.piece():
        found.append(piece)
    return found


def test_a_turn_reads_a_bounded_number_of_small_frames():
    inflow, _ = an_inflow(burst=1e9)
    inflow.put(frame(PING, b"x") * 40_000)
    first = inflow.piece()
    assert (len(first), inflow.frames) == (32 * 7, 32)
    assert inflow.ready


def test_a_turn_ends_where_a_message_ends():
    inflow, _ = an_inflow()
    inflow.put(
        frame(TEXT, b"{}") + frame(PING) + frame(TEXT, b"[", final=False) + frame(CONT, b"]") + frame(TEXT, b"x")
    )
    assert pieces(inflow) == [
        frame(TEXT, b"{}"),
        frame(PING) + frame(TEXT, b"[", final=False) + frame(CONT, b"]"),
        frame(TEXT, b"x"),
    ]


def test_a_large_frame_is_read_in_large_pieces_and_nothing_of_the_next_one_with_it():
    inflow, _ = an_inflow()
    large, small = frame(TEXT, b"x" * (1 << 20)), frame(TEXT, b"{}")
    inflow.put(large + small)
    found = pieces(inflow)
    assert b"".join(found) == large + small
    assert found[-1] == small
    assert all(len(piece) == 64 << 10 for piece in found[:-2])


def test_what_is_beyond_the_allowance_waits_until_it_has_grown():
    inflow, clock = an_inflow(units_per_second=10, burst=100, whole=10)
    inflow.put(frame(PING) * 15)
    assert b"".join(pieces(inflow)) == frame(PING) * 10
    assert inflow.ready
    assert inflow.pause() > 0
    clock.now += inflow.pause()
    assert inflow.pause() == 0
    assert inflow.piece() == frame(PING)
    clock.now += 1000
    assert b"".join(pieces(inflow)) == frame(PING) * 4
    assert inflow.pause() == 0


def test_bytes_count_as_frames_do():
    inflow, _ = an_inflow(burst=100, whole=10, bytes_per_unit=1024)
    inflow.put(frame(TEXT, b"x" * (200 << 10)) + frame(TEXT))
    pieces(inflow)
    assert inflow.frames == 1
    assert inflow.pause() > 0


def test_a_head_in_pieces_waits_for_its_rest_and_is_not_ready():
    for whole in (frame(TEXT, b"x" * 300), frame(TEXT, b"x" * 70_000), frame(TEXT, b"x", masked=False), frame(PING)):
        inflow, _ = an_inflow()
        inflow.put(whole[:1])
        assert (inflow.ready, inflow.piece()) == (False, b"")
        inflow.put(whole[1:])
        assert inflow.ready
        assert b"".join(pieces(inflow)) == whole


def test_however_bytes_come_they_go_on_in_order_and_whole():
    dice = random.Random(7)
    frames = [
        frame(
            dice.choice([TEXT, CONT, PING]),
            dice.randbytes(dice.choice([0, 1, 125, 126, 5000])),
            final=dice.random() < 0.5,
        )
        for _ in range(300)
    ]
    said = b"".join(frames)
    inflow, _ = an_inflow(burst=1e9)
    heard, at = b"", 0
    while at < len(said):
        step = dice.randrange(1, 4000)
        inflow.put(said[at : at + step])
        at += step
        heard += b"".join(pieces(inflow))
    assert heard == said
    assert inflow.frames == len(frames)


def test_what_is_no_frame_is_handed_on_to_who_can_say_so():
    inflow, _ = an_inflow()
    inflow.put(b"\x81\xff" + struct.pack("!Q", (1 << 63) + 5) + b"\0\0\0\0" + b"abc")
    assert inflow.piece().endswith(b"abc")
    inflow.clear()
    assert not inflow.ready
