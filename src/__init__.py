"""AION: AI work under a promise. One contract in front of every engine."""

__version__ = "0.1.0"
