"""The asyncio face, and the source of the sync one: `_sync` is written from these files by sdk/python/sync_face.py."""
