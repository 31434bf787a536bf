"""Modules as they travel and as they are kept: OCI image layouts, and the shelf of what was installed."""
