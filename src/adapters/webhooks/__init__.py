"""Calls to receivers of webhooks: whom AION may call, how it calls, what it says, and how secrets rest."""
