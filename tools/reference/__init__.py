"""Writes the reference pages of the docs from the contract: its comments, its rules, its table of errors."""
