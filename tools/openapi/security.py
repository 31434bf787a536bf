"""What proves who calls, as OpenAPI says it: keys everywhere, and where a browser cannot set a header, tickets too."""

from typing import Any

from tools.openapi.contract import Binding

SCHEMES = {
    "bearerAuth": {"type": "http", "scheme": "bearer"},
    "apiKeyAuth": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "ticketAuth": {
        "type": "apiKey",
        "in": "query",
        "name": "ticket",
        "description": "A ticket of TicketService.CreateTicket: a short-lived stand-in for a key.",
    },
}
TICKET = "ticketAuth"

EVERYWHERE: list[dict[str, Any]] = [{name: []} for name in SCHEMES if name != TICKET]


def of_operation(binding: Binding) -> dict[str, Any]:
    """Return what an operation takes besides, which is nothing unless a browser's EventSource can open it."""
    if binding.verb == "get" and binding.method.server_streaming:
        return {"security": [*EVERYWHERE, {TICKET: []}]}
    return {}
