"""Page tokens and stream tickets: words that only the server can have made."""

from datetime import UTC, datetime, timedelta

from aion.adapters.clock import SystemEntropy
from aion.adapters.identity.tickets import PREFIX, SealedTickets
from aion.adapters.page_tokens import SealedPageTokens
from aion.adapters.sealing import SealBroken
from aion.domain.errors import PageTokenInvalid
from aion.ports.identity import TicketGrant

_tokens = SealedPageTokens(b"secret", SystemEntropy())
_tickets = SealedTickets.of(b"secret", SystemEntropy())
_TOKEN = _tokens.seal("acme", "position")
_GRANT = TicketGrant("acme", "svc", frozenset({"tasks:read"}), "", "key", datetime.now(UTC) + timedelta(hours=1))
_TICKET = _tickets.mint(_GRANT)
SEEDS = (
    f"t{_TOKEN}".encode(),
    f"s{_TICKET}".encode(),
    b"t",
    b"t" + b"A" * 60,
    f"s{PREFIX}{'A' * 100}".encode(),
    f"s{PREFIX}-_=".encode(),
)
REFUSALS = (PageTokenInvalid, SealBroken)


def target(data: bytes) -> None:
    """No other word than the two that were given out opens anything."""
    word = data[1:].decode("latin-1")
    if data[:1] == b"t":
        assert _tokens.open("acme", word) == "position"
        assert word == _TOKEN
    else:
        assert _tickets.read(word) == _GRANT
        assert word == _TICKET
