"""Which interfaces of WASI 0.2 a component may import, known to the child that compiles and to the hosts."""

import re

RESOURCES = (
    "pollable",
    "error",
    "input-stream",
    "output-stream",
    "terminal-input",
    "terminal-output",
    "network",
    "tcp-socket",
    "udp-socket",
    "incoming-datagram-stream",
    "outgoing-datagram-stream",
    "resolve-address-stream",
    "descriptor",
    "directory-entry-stream",
    "fields",
    "incoming-request",
    "incoming-response",
    "incoming-body",
    "outgoing-request",
    "outgoing-response",
    "outgoing-body",
    "response-outparam",
    "request-options",
    "future-trailers",
    "future-incoming-response",
)
"""Every resource type of WASI 0.2. `headers` and `trailers` of HTTP are other names of `fields`."""

ALIASES = {"headers": "fields", "trailers": "fields"}

_NAME = re.compile(r"wasi:((?:cli|clocks|filesystem|http|io|random|sockets)/[a-z0-9-]+)@0\.2\.[0-9]+")
_RUN = re.compile(r"wasi:cli/run@0\.2\.[0-9]+")


def interface_of(name: str) -> str:
    """`io/streams` of `wasi:io/streams@0.2.6`; empty when it is no interface of WASI 0.2."""
    found = _NAME.fullmatch(name)
    return found[1] if found else ""


def is_run(name: str) -> bool:
    """Whether it names the interface by which a command is started."""
    return _RUN.fullmatch(name) is not None
