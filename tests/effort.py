"""How hard a randomised test tries: little in `make test`, much in `make chaos`, which sets AION_EFFORT=long."""

import os

ENVIRONMENT = "AION_EFFORT"


def effort(short: int, long: int) -> int:
    """How many cases to try. Raises ValueError when the environment asks for neither `short` nor `long`."""
    asked = os.environ.get(ENVIRONMENT, "short")
    if asked not in {"short", "long"}:
        raise ValueError(f"{ENVIRONMENT} is {asked!r}; it must be short or long")
    return long if asked == "long" else short
