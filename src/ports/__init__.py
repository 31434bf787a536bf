"""What AION needs from the world and offers to it, as small Protocols over domain types. Their docstrings are law."""
