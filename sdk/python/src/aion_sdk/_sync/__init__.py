# Written by sdk/python/sync_face.py from aion_sdk/_async/__init__.py. DO NOT EDIT!
"""The sync face: written from `_async`, never edited."""
