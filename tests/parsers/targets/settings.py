"""The texts of settings: addresses, rates, durations, origins."""

from aion.app.settings_types import Listen, Rate, duration_text, parse_duration, parse_origin

SEEDS = (
    b"\x00127.0.0.1:8080",
    b"\0[::1]:0",
    b"\x0160/min,burst=120",
    b"\x021.5s",
    b"\2500ms",
    b"\x03https://a.example:443",
)
REFUSALS = (ValueError,)


def target(data: bytes) -> None:
    """What is read and written again reads as the same."""
    which, text = (data[0] if data else 0) % 4, data[1:].decode("latin-1")
    if which == 0:
        assert Listen.parse(str(Listen.parse(text))) == Listen.parse(text)
    elif which == 1:
        assert Rate.parse(str(Rate.parse(text))) == Rate.parse(text)
    elif which == 2:
        span = parse_duration(text)
        assert not duration_text(span) or abs(parse_duration(duration_text(span)) - span).total_seconds() < 1
    else:
        assert parse_origin(parse_origin(text)) == parse_origin(text)
