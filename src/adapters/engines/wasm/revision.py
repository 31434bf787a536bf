"""The revision of the engines' configuration: apart from it, so that a server names cached files without the engine."""

REVISION = "4"
"""Part of the name of every cached file. Raise it when something in `engine_config` changes that wasmtime does not
compare by itself.
"""
