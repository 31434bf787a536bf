"""Where the server is and how to prove who we are, before any channel is opened.

An API key is never sent where others can read it: over plaintext it goes to this machine only, unless `insecure` says
that the network is trusted.
"""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aion_sdk.errors import ConfigurationError

DEFAULT_SERVER = "127.0.0.1:50051"
DEFAULT_PORT = 50051
HEADER_SAFE = re.compile(r"[\x21-\x7e]+")
PLAINTEXT_SCHEMES = ("http://", "grpc://")
TLS_SCHEMES = ("https://", "grpcs://")

Pem = bytes | str | Path
"""A PEM document as bytes, or the path of its file."""


@dataclass(frozen=True, slots=True)
class TLS:
    """Certificates: `ca` to trust (the system's by default), `cert` and `key` to prove who we are (mTLS)."""

    ca: Pem | None = None
    cert: Pem | None = None
    key: Pem | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse half a client certificate. Raises ConfigurationError."""
        if (self.cert is None) != (self.key is None):
            raise ConfigurationError("a client certificate needs both cert and key")

    def read(self) -> tuple[bytes | None, bytes | None, bytes | None]:
        """CA, key and certificate as bytes. Raises ConfigurationError when a file cannot be read."""
        return _pem("ca", self.ca), _pem("key", self.key), _pem("cert", self.cert)


@dataclass(frozen=True, slots=True)
class Connection:
    """A checked way to a server; `target` is host:port, `tls` None means plaintext."""

    target: str
    tls: TLS | None = None
    api_key: str | None = field(default=None, repr=False)

    @classmethod
    def resolve(
        cls,
        server: str | None = None,
        *,
        api_key: str | None = None,
        tls: TLS | None = None,
        insecure: bool = False,
        environ: Mapping[str, str] | None = None,
    ) -> "Connection":
        """Fill in AION_SERVER, AION_API_KEY and AION_CLIENT_CA, _CERT, _KEY where an argument is missing.

        Raises ConfigurationError when the key would travel in the clear.
        """
        env = os.environ if environ is None else environ
        address = server or env.get("AION_SERVER") or DEFAULT_SERVER
        key = api_key or env.get("AION_API_KEY") or None
        if key is not None and not HEADER_SAFE.fullmatch(key):
            raise ConfigurationError("the API key holds what no key has, such as a space or the end of a line")
        chosen = tls or _tls_from(env)
        scheme = next((s for s in (*PLAINTEXT_SCHEMES, *TLS_SCHEMES) if address.startswith(s)), "")
        if scheme in PLAINTEXT_SCHEMES and tls is not None:
            raise ConfigurationError(f"server {address!r} says plaintext but tls is given; use https:// or no scheme")
        if scheme in PLAINTEXT_SCHEMES:
            chosen = None
        elif scheme in TLS_SCHEMES:
            chosen = chosen or TLS()
        target = _target(address.removeprefix(scheme).rstrip("/"))
        if chosen is None and key is not None and not insecure and not is_loopback(target):
            raise ConfigurationError(
                f"the API key would travel unencrypted to {target}; use https://, give tls=TLS(ca=...), "
                "or insecure=True on a network that you trust"
            )
        return cls(target, chosen, key)


def is_loopback(target: str) -> bool:
    """Whether what is sent to this target stays on this machine."""
    if target.startswith("unix:"):
        return True
    host = target.rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _target(address: str) -> str:
    if not address:
        raise ConfigurationError("server is empty; give host:port or set AION_SERVER")
    if address.startswith("unix:"):
        return address
    bare_ipv6 = address.count(":") > 1 and not address.startswith("[")
    if bare_ipv6:
        address = f"[{address}]"
    host, colon, port = address.rpartition(":")
    if address.endswith("]") or not colon:
        return f"{address}:{DEFAULT_PORT}"
    if not host or not port.isdigit():
        raise ConfigurationError(f"server {address!r} is not host:port")
    return address


def _tls_from(env: Mapping[str, str]) -> TLS | None:
    ca, cert, key = (env.get(f"AION_CLIENT_{name}") or None for name in ("CA", "CERT", "KEY"))
    return TLS(ca, cert, key) if ca or cert or key else None


def _pem(name: str, value: Pem | None) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    try:
        return Path(value).read_bytes()
    except OSError as cause:
        raise ConfigurationError(f"tls.{name}: cannot read {value}: {cause.strerror}") from cause
