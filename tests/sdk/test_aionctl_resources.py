"""aionctl with what outlives a task: schedules, webhooks and tickets, over the SDK's own fake."""

import json
from pathlib import Path

import pytest

from aion_sdk.testing import FakeAion
from tests.sdk.command_line import Call, calling


@pytest.fixture
def aionctl(aion: FakeAion, tmp_path: Path) -> Call:
    return calling(tmp_path / "home", AION_SERVER=aion.target)


def test_schedules_are_made_changed_triggered_and_deleted(aion: FakeAion, aionctl: Call) -> None:
    made = aionctl(
        *("schedules", "create", "nightly", "upper", "-p", "text=a", "--cron", "30 6 * * *"),
        *("--time-zone", "Europe/Paris", "--overlap", "cancel", "-o", "json"),
    )
    assert json.loads(made.stdout)["task"]["params"] == {"text": "a"}
    assert "Europe/Paris" in aionctl("schedules", "list").stdout
    assert (
        json.loads(aionctl("schedules", "update", "nightly", "--cron", "@daily", "-o", "json").stdout)["cron"]
        == "@daily"
    )
    assert aionctl("schedules", "update", "nightly").returncode == 2
    assert "paused: holidays" in aionctl("schedules", "pause", "nightly", "--note", "holidays").stdout
    assert "paused" not in aionctl("schedules", "resume", "nightly").stdout
    task = json.loads(aionctl("schedules", "trigger", "nightly", "-o", "json").stdout)
    assert task["schedule_id"] == "nightly"
    assert aionctl("schedules", "delete", "nightly").stderr == "schedule nightly deleted\n"
    assert aionctl("schedules", "get", "nightly").returncode == 4


def test_webhooks_show_their_secret_once_and_tickets_are_printed_alone(aion: FakeAion, aionctl: Call) -> None:
    made = aionctl("webhooks", "create", "https://example.org/hook", "--state", "ok", "--intent", "upper")
    assert made.stdout.splitlines()[-1].startswith("whsec_")
    assert "shown once" in made.stderr
    found = json.loads(aionctl("webhooks", "list", "-o", "json").stdout)
    webhook_id = found[0]["webhook_id"]
    assert "OK of upper" in aionctl("webhooks", "get", webhook_id).stdout
    rotate = ("webhooks", "rotate-secret", webhook_id, "--request-id", "once")
    assert aionctl(*rotate).stdout.startswith("whsec_")
    assert aionctl(*rotate).stdout == aionctl(*rotate).stdout
    changed = json.loads(aionctl("webhooks", "update", webhook_id, "--disable", "-o", "json").stdout)
    assert (changed["disabled"], changed["url"]) == (True, "https://example.org/hook")
    assert aionctl("webhooks", "update", webhook_id).returncode == 2
    assert json.loads(aionctl("webhooks", "deliveries", webhook_id, "-o", "json").stdout) == []
    assert aionctl("webhooks", "replay", webhook_id, "d1").returncode == 4
    assert aionctl("webhooks", "delete", webhook_id).returncode == 0
    ticket = aionctl("tickets", "create", "--task", "t1", "--lifetime", "30s")
    assert len(ticket.stdout.split()) == 1
