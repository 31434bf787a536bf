"""Ranges of versions, as intents.yml names them."""

from contextlib import suppress

from aion.adapters.catalog.version_ranges import order_of, version_range

SEEDS = (b"^1.2.3", b">=1.0.0 <2.0.0-rc.1", b"~0.1", b"1.x", b"*", b"1.0.0-alpha.1", b"=99999999999.1.1")
REFUSALS = (ValueError,)


def target(data: bytes) -> None:
    """A version, if it is one, is in a range or it is not."""
    text = data.decode("latin-1")
    within = version_range(text)
    assert isinstance("1.2.3" in within, bool)
    with suppress(ValueError):
        assert order_of(text) == order_of(text.strip())
