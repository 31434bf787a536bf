"""Webhooks and their deliveries in the embedded store."""
