"""The one place that says which version this is (semantic versioning)."""

__version__ = "0.1.0"
