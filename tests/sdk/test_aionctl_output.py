"""How aionctl writes single values: for people, and for programs that read them back."""

import json
import time
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from aion.adapters.transports.json.times import parse_duration
from aionctl.output.cells import duration, moment
from aionctl.output.form import Form, write_document
from aionctl.output.plain import plain


@pytest.mark.parametrize(
    ("span", "written"),
    [
        (timedelta(), "0s"),
        (timedelta(seconds=90), "90s"),
        (timedelta(days=30), "2592000s"),
        (timedelta(seconds=123456, milliseconds=789), "123456.789s"),
        (timedelta(microseconds=1), "0.000001s"),
        (timedelta(milliseconds=-1500), "-1.5s"),
        (timedelta.max, "86399999999999.999999s"),
    ],
)
def test_a_span_is_written_in_seconds_to_the_microsecond(span: timedelta, written: str) -> None:
    assert plain(span) == written


@pytest.mark.parametrize("span", [timedelta(days=30), timedelta(seconds=123456, microseconds=789), timedelta(0, -1)])
def test_a_span_reads_back_as_it_was(span: timedelta) -> None:
    assert parse_duration(plain(span)).ToTimedelta() == span


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (None, ""),
        (timedelta(), "0 s"),
        (timedelta(days=30), "720 h"),
        (timedelta(minutes=90), "90 min"),
        (timedelta(hours=1234567), "1234567 h"),
        (timedelta(seconds=1234567), "1234567 s"),
        (timedelta(seconds=123456, milliseconds=789), "123456.789 s"),
    ],
)
def test_a_span_is_shown_in_the_largest_unit_that_says_it_whole(span: timedelta | None, shown: str) -> None:
    assert duration(span) == shown


@pytest.fixture
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The time zone of this machine."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize(
    ("zone", "at", "shown"),
    [
        ("Asia/Tokyo", datetime(2030, 1, 31, 6, tzinfo=UTC), "2030-01-31 15:00:00+09:00"),
        ("UTC", datetime(2030, 1, 31, 6, tzinfo=UTC), "2030-01-31 06:00:00Z"),
        ("Asia/Tokyo", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), "9999-12-31 23:59:59Z"),
        ("America/Lima", datetime(1, 1, 1, tzinfo=UTC), "0001-01-01 00:00:00Z"),
    ],
    indirect=["zone"],
)
def test_a_time_is_shown_in_the_zone_of_this_machine_unless_that_has_no_such_year(at: datetime, shown: str) -> None:
    assert moment(at) == shown


# Controls beside tab and newline, marks of direction, and separators of lines and paragraphs.
FOOLING = "".join(
    letter
    for letter in map(chr, range(0x3000))
    if letter not in "\t\n"
    and (
        unicodedata.category(letter) in {"Cc", "Zl", "Zp"}
        or unicodedata.bidirectional(letter) in {"LRE", "LRO", "RLE", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
        or letter in "\u061c\u200e\u200f"
    )
)


@pytest.mark.parametrize(("form", "read"), [(Form.JSON, json.loads), (Form.YAML, yaml.safe_load)])
def test_no_document_holds_what_fools_a_terminal_and_each_means_the_same(
    form: Form, read: Callable[[str], object], capsys: pytest.CaptureFixture[str]
) -> None:
    texts = [FOOLING, *FOOLING, *(f'pay \\ "{letter}" caf\u00e9: ' * 20 for letter in FOOLING)]
    document = {"texts": texts, f"\u202e{FOOLING[0]}": "plain words", "lines": "one\n\ttwo"}
    write_document(document, form)
    written = capsys.readouterr().out
    assert not set(FOOLING) & set(written)
    assert "caf\u00e9" in written
    assert read(written) == document
