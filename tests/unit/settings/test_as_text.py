"""Settings for people: the example file, reasons, and values that are written as they are read."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aion.app.dev_settings import DevSettings
from aion.app.settings import Settings
from aion.app.settings_reasons import reasons
from aion.app.settings_report import OTHER_READERS, example, load, redacted, unknown_variables
from aion.app.settings_types import Listen, Rate, duration_text, parse_duration
from aion.app.worker_settings import RemoteWorkerSettings

ROOT = Path(__file__).parents[3]


def test_a_variable_that_nothing_reads_is_named_with_the_nearest_one():
    unknown = unknown_variables(
        {"AION_LEESE": "1s", "AION_LEASE": "1s", "AION_XYZZY": "", "LEESE": "", "AION_API_KEY": ""}
    )
    assert unknown == [
        "AION_LEESE: no such setting; did you mean AION_LEASE?",
        "AION_XYZZY: no such setting; `aion config show` lists all of them",
    ]


def test_a_password_in_a_url_is_not_shown(environment):
    environment(AION_STORAGE_URL="postgresql://aion:hunter2@db:5432/aion?password=hunter2")
    shown = redacted(load(Settings))["AION_STORAGE_URL"]
    assert shown == "postgresql://aion:***@db:5432/aion?***"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:////a/b@c.db", "sqlite:////a/b@c.db"),
        ("sqlite:///b.db?key=hunter2", "sqlite:///b.db?***"),
        ("sqlite:////a/b:c@d.db?", "sqlite:////a/b:c@d.db?"),
        ("postgresql://db/aion?password=hunter2", "postgresql://db/aion?***"),
        ("postgresql://db/aion?password=a@b/c", "postgresql://db/aion?***"),
        ("postgresql://aion@db/a@b", "postgresql://aion@db/a@b"),
        ("postgresql://aion:p@ss@[::1]:5/aion", "postgresql://aion:***@[::1]:5/aion"),
    ],
)
def test_of_a_url_only_its_password_and_its_query_are_hidden(environment, url, shown):
    environment(AION_STORAGE_URL=url)
    assert redacted(load(Settings))["AION_STORAGE_URL"] == shown


def test_the_example_file_is_what_the_settings_say():
    assert (ROOT / ".env.example").read_text() == example(), "run: python -m aion.app.settings_report > .env.example"


def test_every_default_in_the_example_reads_back_to_itself(environment):
    lines = [line[1:].split("=", 1) for line in example().splitlines() if line.startswith("#AION_")]
    assert len(lines) == len(RemoteWorkerSettings.model_fields)
    untouched = load(Settings), load(RemoteWorkerSettings)
    environment(**dict(lines))
    assert (load(Settings), load(RemoteWorkerSettings)) == untouched


def test_every_setting_says_why():
    for kind in (Settings, DevSettings, RemoteWorkerSettings):
        for name in kind.model_fields:
            assert reasons(kind)[name], name


@given(st.timedeltas(min_value=timedelta(milliseconds=1), max_value=timedelta(days=9)))
def test_a_duration_is_written_as_it_is_read(value):
    value -= timedelta(microseconds=value.microseconds % 1000)
    value = max(value, timedelta(milliseconds=1))
    assert parse_duration(duration_text(value)) == value


@given(st.integers(1, 10**6), st.sampled_from(["s", "min", "h"]), st.integers(1, 10**6))
def test_a_rate_is_written_as_it_is_read(count, unit, burst):
    rate = Rate.parse(f"{count}/{unit},burst={burst}")
    assert Rate.parse(str(rate)) == rate
    assert rate.burst == burst


@pytest.mark.parametrize("text", ["\u0663s", "9\uff10s", "1.\u0665h", "5\u017f"])
def test_a_duration_is_written_in_the_digits_of_ascii(text):
    with pytest.raises(ValueError, match="write a number with its unit"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["1\u0663/s", "10/s,burst=1\u0663"])
def test_a_rate_is_written_in_the_digits_of_ascii(text):
    with pytest.raises(ValueError, match="write COUNT/s"):
        Rate.parse(text)


@given(st.ip_addresses(), st.integers(0, 65535))
def test_an_address_is_written_as_it_is_read(host, port):
    listen = Listen(str(host), port)
    assert Listen.parse(str(listen)) == listen
    assert listen.loopback is host.is_loopback


def test_every_variable_that_anything_of_aion_reads_is_known():
    """Else `aion serve` would refuse to start beside a client or a build that uses it."""
    folders = ("sdk/python/src", "src", "scripts", "benchmarks", "tools", "modules", ".ci")
    files = [
        file
        for folder in folders
        for file in (ROOT / folder).rglob("*")
        if file.suffix in {".py", ".sh", ".rs"} and not {"target", "_gen"} & set(file.parts)
    ]
    text = "\n".join(file.read_text() for file in [*files, ROOT / "Makefile", ROOT / ".ci" / "run"])
    found = set(re.findall(r"\bAION_[A-Z][A-Z_]*[A-Z]\b", text))
    # The SDK composes these names.
    assert re.search(r'AION_CLIENT_\{\w+\}.* in \("CA", "CERT", "KEY"\)', text)
    found = (found - {"AION_CLIENT", "AION_CLIENT_"}) | {f"AION_CLIENT_{name}" for name in ("CA", "CERT", "KEY")}
    assert found >= OTHER_READERS, "a name that nothing reads hides a misspelled setting"
    assert unknown_variables(dict.fromkeys(found, "x")) == []
