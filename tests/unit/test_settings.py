"""Settings: what is read, what is refused and how it is said, and that `.env.example` is true."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aion.app.settings import DevSettings, LogFormat, Settings
from aion.app.settings_reasons import reasons
from aion.app.settings_report import (
    OTHER_READERS,
    SettingsInvalid,
    example,
    load,
    redacted,
    unknown_variables,
    variable,
)
from aion.app.settings_types import Listen, Rate, duration_text, parse_duration
from aion.app.worker_settings import RemoteWorkerSettings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment(monkeypatch):
    for name in [name for name in os.environ if name.startswith("AION_")]:
        monkeypatch.delenv(name)

    def set_variables(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return set_variables


def problems(kind=Settings):
    with pytest.raises(SettingsInvalid) as refused:
        load(kind)
    return refused.value.problems


def test_nothing_set_is_a_server_on_loopback(environment):
    settings = load(Settings)
    assert str(settings.grpc_listen) == "127.0.0.1:50051"
    assert str(settings.http_listen) == "127.0.0.1:8080"
    assert settings.store == f"sqlite:///{settings.data_dir.absolute()}/aion.db"
    assert settings.rate_per_key == Rate(60, timedelta(minutes=1), burst=120)
    assert settings.rate_per_ip is not None
    assert settings.rate_per_ip.every == timedelta(seconds=0.5)
    assert not settings.metrics_open


def test_every_setting_is_read_from_its_variable(environment, tmp_path):
    given = {
        "AION_GRPC_LISTEN": "[::1]:0",
        "AION_HTTP_LISTEN": "localhost:9090",
        "AION_TLS_CERT": "/tls/cert.pem",
        "AION_TLS_KEY": "/tls/key.pem",
        "AION_TLS_CLIENT_CA": "/tls/ca.pem",
        "AION_PRINCIPALS": "/etc/principals.yml",
        "AION_CORS_ORIGINS": "https://app.example.com,http://localhost:5173",
        "AION_DEFAULT_TENANT": "acme",
        "AION_DATA_DIR": str(tmp_path),
        "AION_STORAGE_URL": "sqlite:////data/a.db",
        "AION_MODULES_DIR": "/modules",
        "AION_CONFIG_DIR": "/config",
        "AION_LEASE": "1500ms",
        "AION_DRAIN": "2m",
        "AION_WORKER_SLOTS": "3",
        "AION_WORKER_LISTEN": "0.0.0.0:50052",
        "AION_WORKER_LISTEN_CERT": "/tls/workers.pem",
        "AION_WORKER_LISTEN_KEY": "/tls/workers.key",
        "AION_WORKER_LISTEN_CLIENT_CA": "/tls/workers-ca.pem",
        "AION_ENGINE_HOSTS": "4",
        "AION_MAX_PENDING": "5",
        "AION_MAX_SCHEDULES": "9",
        "AION_SCHEDULE_RATE": "5/s,burst=50",
        "AION_KEEP_EVENTS": "7d",
        "AION_KEEP_TASKS": "90d",
        "AION_MAX_WAITERS": "6",
        "AION_MAX_WATCHERS": "7",
        "AION_MAX_QUEUED_CALLS": "11",
        "AION_MAX_CONCURRENT_STREAMS": "8",
        "AION_MAX_CONNECTIONS": "12",
        "AION_RATE_PER_KEY": "10/s,burst=15",
        "AION_RATE_PER_IP": "off",
        "AION_WEBHOOK_ALLOW": "10.0.0.0/8,127.0.0.1:9000",
        "AION_LOG_LEVEL": "warning",
        "AION_LOG_FORMAT": "console",
        "AION_OTLP_ENDPOINT": "http://127.0.0.1:4317",
        "AION_TRACE_RATIO": "0.5",
        "AION_METRICS_OPEN": "true",
        "AION_STAGE_PROFILE": "true",
        "AION_DOCS_OPEN": "true",
    }
    environment(**given)
    assert set(given) == {variable(name) for name in Settings.model_fields}, "a setting is not in this test"
    assert redacted(load(Settings)) == given


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        ("https://App.Example.com", ("https://app.example.com",)),
        (
            "https://a.example:443,http://a.example:80/,http://[::1]:9",
            ("https://a.example", "http://a.example", "http://[::1]:9"),
        ),
        ("https://a.example,,https://a.example", ("https://a.example",)),
    ],
)
def test_origins_are_kept_as_browsers_write_them(environment, text, origins):
    environment(AION_CORS_ORIGINS=text)
    assert load(Settings).cors_origins == origins


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "null",
        "https://*.example.com",
        "example.com",
        "https://a/b",
        "https://a?b",
        "https://u@a",
        "ftp://a",
        "https://a:0x1",
        "https://é.example",
        "https://a, https://b",
    ],
)
def test_what_is_no_exact_origin_is_refused(environment, text):
    environment(AION_CORS_ORIGINS=text)
    (problem,) = problems()
    assert problem.startswith("AION_CORS_ORIGINS: ")


def test_an_empty_variable_is_not_set(environment):
    environment(AION_TLS_CERT="", AION_LEASE="", AION_STORAGE_URL="")
    assert load(Settings) == Settings()
    assert load(Settings).lease == timedelta(seconds=10)


def test_all_problems_are_said_at_once_by_variable_and_without_the_value(environment):
    environment(AION_LEASE="10", AION_WORKER_SLOTS="-1", AION_RATE_PER_KEY="hunter2/min", AION_GRPC_LISTEN="50051")
    found = problems()
    assert [text.partition(":")[0] for text in found] == [
        "AION_GRPC_LISTEN",
        "AION_LEASE",
        "AION_WORKER_SLOTS",
        "AION_RATE_PER_KEY",
    ]
    assert "as in 127.0.0.1:8080" in found[0]
    assert "as in 10s" in found[1]
    assert not any("hunter2" in text for text in found)


@pytest.mark.parametrize("listen", ["0.0.0.0:50051", "[::]:50051", "192.0.2.1:50051", "aion.example.org:50051"])
def test_an_address_that_others_can_reach_needs_tls(environment, listen):
    environment(AION_GRPC_LISTEN=listen)
    (problem,) = problems()
    assert "AION_GRPC_LISTEN" in problem
    assert "AION_TLS_CERT" in problem
    environment(AION_TLS_CERT="/cert.pem", AION_TLS_KEY="/key.pem")
    assert str(load(Settings).grpc_listen) == listen


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"AION_TLS_CERT": "/c"}, "go together"),
        ({"AION_TLS_KEY": "/k"}, "go together"),
        ({"AION_TLS_CLIENT_CA": "/ca"}, "mTLS begins with TLS"),
        ({"AION_PRINCIPALS": "/p.yml"}, "verified certificates only"),
        ({"AION_LEASE": "0s"}, "longer than zero"),
        ({"AION_LEASE": "-1s"}, "with its unit"),
        ({"AION_TRACE_RATIO": "2"}, "less than or equal to 1"),
        ({"AION_TRACE_RATIO": "nan"}, "AION_TRACE_RATIO"),
        ({"AION_OTLP_ENDPOINT": "127.0.0.1:4317"}, "AION_OTLP_ENDPOINT"),
        ({"AION_DEFAULT_TENANT": "a/b"}, "AION_DEFAULT_TENANT"),
        ({"AION_HTTP_LISTEN": "::1:8080"}, "in brackets"),
        ({"AION_HTTP_LISTEN": "127.0.0.1:65536"}, "from 0 to 65535"),
        ({"AION_HTTP_LISTEN": ":8080"}, "HOST:PORT"),
        ({"AION_LOG_LEVEL": "loud"}, "AION_LOG_LEVEL"),
    ],
)
def test_what_cannot_work_is_refused_with_the_remedy(environment, given, says):
    environment(**given)
    (problem,) = problems()
    assert says in problem


def test_dev_has_defaults_for_one_person_and_the_environment_still_wins(environment):
    dev = load(DevSettings)
    assert dev.data_dir == Settings().data_dir / "dev"
    assert dev.rate_per_ip is None
    assert dev.rate_per_key is not None
    assert dev.rate_per_key.every < timedelta(milliseconds=1)
    assert dev.log_format is LogFormat.CONSOLE
    assert dev.metrics_open
    environment(AION_RATE_PER_KEY="60/min", AION_METRICS_OPEN="false")
    assert load(DevSettings).rate_per_key == Rate(60, timedelta(minutes=1), burst=120)
    assert not load(DevSettings).metrics_open


def test_dev_stays_on_loopback_even_with_tls(environment):
    environment(AION_HTTP_LISTEN="0.0.0.0:8080", AION_TLS_CERT="/c", AION_TLS_KEY="/k")
    (problem,) = problems(DevSettings)
    assert "aion serve" in problem


def test_a_task_is_kept_at_least_as_long_as_a_retry_is_answered_with_it(environment):
    environment(AION_KEEP_TASKS="23h")
    (problem,) = problems()
    assert "at least 24h" in problem


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


def test_the_example_file_is_what_the_settings_say():
    assert (ROOT / ".env.example").read_text() == example(), "run: python -m aion.app.settings_report > .env.example"


def test_every_default_in_the_example_reads_back_to_itself(environment):
    lines = [line[1:].split("=", 1) for line in example().splitlines() if line.startswith("#AION_")]
    assert len(lines) == len(RemoteWorkerSettings.model_fields)
    untouched = load(Settings), load(RemoteWorkerSettings)
    environment(**dict(lines))
    assert (load(Settings), load(RemoteWorkerSettings)) == untouched


def test_every_setting_of_a_worker_is_read_from_its_variable(environment):
    given = {
        "AION_WORKER_SLOTS": "3",
        "AION_WORKER_SERVER": "tasks.example.org:50052",
        "AION_WORKER_NAME": "gpu-1",
        "AION_WORKER_API_KEY": "aion_secret",
        "AION_WORKER_TLS_CA": "/tls/ca.pem",
        "AION_WORKER_TLS_CERT": "/tls/worker.pem",
        "AION_WORKER_TLS_KEY": "/tls/worker.key",
        "AION_WORKER_ENGINES": "module:a@*,module:b@1.0.0",
        "AION_WORKER_LABELS": "gpu=none,region=eu",
        "AION_WORKER_HTTP_LISTEN": "127.0.0.1:0",
    }
    environment(**given)
    own = {variable(name) for name in RemoteWorkerSettings.model_fields} - {variable(n) for n in Settings.model_fields}
    assert own | {"AION_WORKER_SLOTS"} == set(given), "a setting is not in this test"
    settings = load(RemoteWorkerSettings)
    shown = redacted(settings)
    assert "aion_secret" not in repr(settings) + str(shown)
    assert {name: shown[name] for name in given if name != "AION_WORKER_API_KEY"} == {
        name: text for name, text in given.items() if name != "AION_WORKER_API_KEY"
    }
    assert (settings.worker_api_key.get_secret_value(), settings.worker_labels) == (
        "aion_secret",
        {"gpu": "none", "region": "eu"},
    )
    assert str(load(RemoteWorkerSettings, worker_server="127.0.0.1:1").worker_server) == "127.0.0.1:1"


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"AION_WORKER_SLOTS": "0"}, "AION_WORKER_SLOTS"),
        ({"AION_WORKER_SERVER": "10.0.0.1:1"}, "AION_WORKER_TLS_CA"),
        ({"AION_WORKER_TLS_CERT": "a", "AION_WORKER_TLS_CA": "b"}, "AION_WORKER_TLS_KEY"),
        ({"AION_WORKER_TLS_CERT": "a", "AION_WORKER_TLS_KEY": "b"}, "AION_WORKER_TLS_CA"),
        ({"AION_WORKER_LABELS": "gpu"}, "NAME=VALUE"),
        ({"AION_WORKER_NAME": "two words"}, "AION_WORKER_NAME"),
    ],
)
def test_what_a_worker_cannot_be_is_refused_by_name(environment, given, names):
    environment(**given)
    assert any(names in problem for problem in problems(RemoteWorkerSettings))


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"AION_WORKER_SLOTS": "0"}, "AION_WORKER_LISTEN"),
        ({"AION_WORKER_LISTEN": "0.0.0.0:50052"}, "AION_WORKER_LISTEN_CLIENT_CA"),
        (
            {
                "AION_WORKER_LISTEN": "0.0.0.0:50052",
                "AION_TLS_CERT": "/c",
                "AION_TLS_KEY": "/k",
                "AION_TLS_CLIENT_CA": "/ca",
            },
            "AION_WORKER_LISTEN_CLIENT_CA",
        ),
        ({"AION_WORKER_LISTEN_CERT": "/c"}, "AION_WORKER_LISTEN_KEY go together"),
        ({"AION_WORKER_LISTEN_CLIENT_CA": "/ca"}, "mTLS begins with TLS"),
    ],
)
def test_a_server_that_nobody_could_work_for_safely_is_refused(environment, given, names):
    environment(**given)
    assert any(names in problem for problem in problems())


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


@given(st.ip_addresses(), st.integers(0, 65535))
def test_an_address_is_written_as_it_is_read(host, port):
    listen = Listen(str(host), port)
    assert Listen.parse(str(listen)) == listen
    assert listen.loopback is host.is_loopback


@pytest.mark.parametrize("kind", [Settings, DevSettings])
def test_a_store_in_memory_is_refused_since_nobody_could_make_a_key_for_it(environment, kind):
    environment(AION_STORAGE_URL="sqlite://")
    [problem] = problems(kind)
    assert "AION_STORAGE_URL=sqlite:// is a store in memory" in problem


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
