"""A plugin for pytest, loaded before the tests: what hypothesis makes up is the same in every run."""

from hypothesis import settings

settings.register_profile("mutation", derandomize=True, database=None, deadline=None)
settings.load_profile("mutation")
