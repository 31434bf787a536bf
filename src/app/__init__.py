"""The use cases, the composition root and the commands."""
