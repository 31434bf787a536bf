"""The internal contract between server and workers, generated below."""
