"""WebSocket: many calls and streams on one connection."""
