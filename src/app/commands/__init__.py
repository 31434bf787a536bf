"""The commands of `aion`: each reads its settings, asks a composition root for what it needs, and speaks to people."""
