"""URLs of webhooks, and what an operator allows them."""

from ipaddress import ip_address

from aion.adapters.webhooks.allowance import Allowance, Allowances
from aion.adapters.webhooks.destinations import destination_of
from aion.domain.errors import WebhookUrlRefused

SEEDS = (
    b"\0https://hooks.example.com/a?b=c",
    b"\0https://[::ffff:127.0.0.1]:443/",
    b"\0http://2130706433/",
    b"\0https://user@host:/",
    b"\x0110.0.0.0/8:8443",
    b"\1[::1]:8443",
    b"\1hooks.example.com",
)
REFUSALS = (WebhookUrlRefused, ValueError)
_INNER = (ip_address("127.0.0.1"), ip_address("10.0.0.1"), ip_address("fd00::1"))


def target(data: bytes) -> None:
    """Whatever the URL says, an address of our own network is not called."""
    text = data[1:].decode("latin-1")
    if data[:1] == b"\1":
        Allowance.parse(text)
        return
    destination = destination_of(text)
    for address in (destination.literal,) if destination.literal in _INNER else _INNER:
        assert address is None or Allowances().problem(destination, [address])
