"""What an operator sets of a worker apart, and of a server that has some."""

import pytest

from aion.app.settings import Settings
from aion.app.settings_report import load, redacted, variable
from aion.app.worker_settings import RemoteWorkerSettings
from tests.unit.settings.problems import problems


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
