"""Engines: what runs an attempt in isolation."""
