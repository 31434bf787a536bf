"""Attacks on either port where it speaks TLS: handshakes that are begun and never finished."""

import ssl
from collections.abc import Iterator
from itertools import repeat

from tests.abuse.attack import Attack, Target


def client_hello() -> bytes:
    """What a client that trusts everybody says first."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        context.wrap_bio(incoming, outgoing).do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()
    raise AssertionError("a handshake cannot end before the server has spoken")


HELLO = client_hello()


def silent(target: Target) -> Iterator[bytes]:
    return iter(())


def half_a_hello(target: Target) -> Iterator[bytes]:
    yield HELLO[: len(HELLO) // 2]


def hello_and_no_more(target: Target) -> Iterator[bytes]:
    """Lets the server do its costly part and goes quiet."""
    yield HELLO


def hello_byte_by_byte(target: Target) -> Iterator[bytes]:
    yield from (HELLO[at : at + 1] for at in range(len(HELLO) - 1))


def hello_and_noise(target: Target) -> Iterator[bytes]:
    yield HELLO
    yield from repeat(b"\x17\x03\x03\x40\x00" + b"x" * 0x4000)


def plain_text(target: Target) -> Iterator[bytes]:
    yield b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n"


ATTACKS = {
    "500 connections that say nothing": Attack(silent, connections=500),
    "300 half hellos": Attack(half_a_hello, connections=300),
    "300 hellos and no more": Attack(hello_and_no_more, connections=300),
    "100 hellos byte by byte": Attack(hello_byte_by_byte, per_second=20, connections=100),
    "a hello and noise": Attack(hello_and_noise, ends=True),
    "plain text": Attack(plain_text, ends=True),
}
"""By name."""
