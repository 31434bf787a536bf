"""Servers and keys by name: a file under the user's configuration, and where each key comes from."""
