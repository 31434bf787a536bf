"""Work that runs: an attempt, the worker here, the workers on other machines."""
