"""The HTTP port: its server, and the doors behind it put together."""
