"""What somebody may do to a WebSocket below its messages: handshakes, frames and closes, right and wrong."""

from collections.abc import Callable
from random import Random

from tests.fuzz.damaged_json import ODD_VALUES, written
from tests.fuzz.socket_wire import AGAIN, BINARY, CLOSE, FINAL, PING, PONG, TEXT, frame, random_mask

Piece = Callable[[Random], bytes]
CODES = (0, 999, 1000, 1001, 1004, 1005, 1006, 1007, 1012, 1015, 1016, 2999, 3000, 4401, 4999, 5000, 65535)
_BAD_UTF8 = (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"a\xe2\x82")


def script(rng: Random) -> list[bytes]:
    """One to eight things to send, one after another."""
    return [rng.choice(_PIECES)(rng) for _ in range(rng.randint(1, 8))]


def harmless(rng: Random) -> bytes:
    """A frame that gets an answer, and costs nothing."""
    return frame(b'{"type":"ping"}', mask=random_mask(rng))


def odd_handshake(rng: Random) -> tuple[str, dict[str, str]]:
    """Path and headers with which a connection may or may not be opened."""
    path = rng.choice(
        (
            "/v1/ws",
            "/v1/ws",
            "/v1/ws?ticket=x",
            "/v1/ws?ticket=",
            "/v1/ws?ticket=a&ticket=b",
            "/v1/ws?x=1",
            "/v1/ws?%zz=%ff",
            "/v1/ws/",
            "/v1//ws",
            "/v1%2fws",
            "/v1/tasks",
            "/v1/ws?" + "x" * 3000,
            "*",
        )
    )
    changed = {
        "sec_websocket_key": ("", "x", "A" * 24, "AAAAAAAAAAAAAAAAAAAAAA==", "=" * 24, "\u00e9" * 5),
        "sec_websocket_version": ("", "8", "14", "x", "13, 8"),
        "sec_websocket_protocol": ("", "x", "aion.v1.json, x", ",", "x" * 500),
        "sec_websocket_extensions": ("permessage-deflate", "permessage-deflate; x=y", "x;", ";;;"),
        "connection": ("close", "upgrade, x", "keep-alive", ""),
        "upgrade": ("WebSocket", "h2c", "x", ""),
        "origin": ("https://page.example", "null", "x", "https://[::1"),
        "authorization": ("", "Bearer x", "Basic x", "Bearer " + "x" * 5000),
        "host": ("", "[::1", "x" * 300),
        "content_length": ("0", "5", "x"),
        "transfer_encoding": ("chunked",),
    }
    names = rng.sample(list(changed), rng.randint(1, 2))
    return path, {name: rng.choice(changed[name]) for name in names}


def _text(rng: Random) -> bytes:
    return frame(_said(rng), mask=random_mask(rng))


def _said(rng: Random) -> bytes:
    kind = rng.choice(
        ("submit", "subscribe", "unsubscribe", "cancel", "ping", "auth", "Ping", "", None, 1, ["ping"], {})
    )
    said: dict[str, object] = {"type": kind}
    for name in ("id", "task_id", "request", "subscribe", "after_offset", "token", "traceparent", "more"):
        if rng.random() < 0.4:
            said[name] = rng.choice(("a", "b", "the-example", {"intent": "echo"}, True, rng.choice(ODD_VALUES)))
    return written(said)


def _no_json(rng: Random) -> bytes:
    return frame(rng.choice((b"", b"x", b"[]", b"null", b"{", b'{"type":"ping"}x', b"[" * 100_000, b"\x00" * 100)))


def _no_utf8(rng: Random) -> bytes:
    return frame(rng.choice(_BAD_UTF8))


def _split_utf8(rng: Random) -> bytes:
    text = '{"type":"ping","é":"\U0001f4a5"}'.encode()
    place = rng.randrange(1, len(text))
    return frame(text[:place], TEXT) + frame(text[place:], FINAL | AGAIN)


def _fragments(rng: Random) -> bytes:
    count = rng.choice((2, 10, 200, 1500))
    return frame(b"{", TEXT) + frame(b" ", AGAIN) * count + frame(b'"type":"ping"}', FINAL | AGAIN)


def _unfinished(rng: Random) -> bytes:
    return frame(b"{" * rng.choice((1, 1000, 100_000)), rng.choice((TEXT, BINARY)))


def _control_inside(rng: Random) -> bytes:
    inside = rng.choice(
        (frame(b"x", FINAL | PING), frame(b"", FINAL | PONG), frame(b"{}"), frame(b"\x03\xe8", FINAL | CLOSE))
    )
    return frame(b'{"type":', TEXT) + inside + frame(b'"ping"}', FINAL | AGAIN)


def _control(rng: Random) -> bytes:
    size = rng.choice((0, 1, 125, 126, 1000))
    return frame(rng.randbytes(size), rng.choice((FINAL, 0)) | rng.choice((PING, PONG, 0xB, 0xF)))


def _pings(rng: Random) -> bytes:
    return frame(b"p" * rng.choice((0, 125)), FINAL | PING) * rng.choice((5, 50))


def _close(rng: Random) -> bytes:
    code = rng.choice(CODES).to_bytes(2, "big")
    reason = rng.choice((b"", b"bye", b"x" * 123, b"x" * 124, b"\xff", "é".encode()))
    return frame(rng.choice((code + reason, code, b"", b"\x03")), FINAL | CLOSE)


def _odd_bits(rng: Random) -> bytes:
    return frame(b'{"type":"ping"}', rng.randrange(256), mask=rng.choice((None, b"\0\0\0\0", random_mask(rng))))


def _odd_length(rng: Random) -> bytes:
    length = rng.choice(
        (
            b"\x7e\x00\x05",
            b"\x7f" + (5).to_bytes(8, "big"),
            b"\x7f" + (2**63).to_bytes(8, "big"),
            b"\x7f" + (2**64 - 1).to_bytes(8, "big"),
            b"\x7f" + (5 << 20).to_bytes(8, "big"),
            b"\x7e\xff\xff",
            b"\x00",
        )
    )
    return frame(b"hello", length=length)


def _unmasked(rng: Random) -> bytes:
    return frame(_said(rng), mask=None)


def _noise(rng: Random) -> bytes:
    return rng.randbytes(rng.choice((1, 2, 3, 10, 200, 5000)))


def _binary(rng: Random) -> bytes:
    return frame(rng.randbytes(20), FINAL | BINARY)


def _nothing_before(rng: Random) -> bytes:
    return frame(b"x", rng.choice((FINAL, 0)) | AGAIN)


def _another_protocol(rng: Random) -> bytes:
    return rng.choice(
        (b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01")
    )


def _many_calls(rng: Random) -> bytes:
    """The same subscription again and again, or more of them than one may have."""
    alike = rng.random() < 0.5
    asked = ({"type": "subscribe", "id": "s" if alike else f"s{n}", "task_id": "waits"} for n in range(110))
    return b"".join(frame(written(one)) for one in asked)


def _on_and_off(rng: Random) -> bytes:
    on = {"type": "subscribe", "id": "o", "task_id": rng.choice(("waits", "the-example", "nobody-has-it"))}
    off = {"type": "unsubscribe", "id": rng.choice(("o", "never-opened"))}
    return b"".join(frame(written(one)) for one in (on, off) * 5)


_PIECES: tuple[Piece, ...] = (
    _text,
    _text,
    _text,
    harmless,
    harmless,
    _no_json,
    _no_utf8,
    _split_utf8,
    _fragments,
    _unfinished,
    _control_inside,
    _control,
    _pings,
    _close,
    _odd_bits,
    _odd_length,
    _unmasked,
    _noise,
    _binary,
    _nothing_before,
    _another_protocol,
    _many_calls,
    _on_and_off,
)
