"""What an operator sets of a server: from variables, with every problem said at once."""

from datetime import timedelta

import pytest

from aion.app.dev_settings import DevSettings
from aion.app.settings import LogFormat, Settings
from aion.app.settings_report import load, redacted, variable
from aion.app.settings_types import Rate
from tests.unit.settings.problems import problems


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


def test_more_hosts_than_any_machine_could_start_are_refused(environment):
    environment(AION_ENGINE_HOSTS="1025")
    assert problems() == ("AION_ENGINE_HOSTS: Input should be less than or equal to 1024",)


@pytest.mark.parametrize("kind", [Settings, DevSettings])
def test_a_store_in_memory_is_refused_since_nobody_could_make_a_key_for_it(environment, kind):
    environment(AION_STORAGE_URL="sqlite://")
    [problem] = problems(kind)
    assert "AION_STORAGE_URL=sqlite:// is a store in memory" in problem
