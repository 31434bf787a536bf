"""What aionctl says of itself: help, completion, the reference as Markdown and as a man page."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aionctl import manual
from aionctl.app import COMMANDS
from aionctl.commands.docs import commands
from aionctl.exit_codes import MEANINGS, ExitCode
from tests.sdk.command_line import Call, calling

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def aionctl(tmp_path: Path) -> Call:
    return calling(tmp_path)


@pytest.mark.parametrize("lazy", COMMANDS, ids=lambda lazy: lazy.name)
def test_the_line_of_a_command_is_the_beginning_of_its_own_help(lazy) -> None:
    assert lazy.load().help.startswith(lazy.help.rstrip("."))


def test_the_page_of_the_docs_is_what_the_commands_give() -> None:
    assert (ROOT / "docs/aionctl.md").read_text() == manual.markdown(commands())


def test_every_command_is_in_the_reference_with_its_options(aionctl: Call) -> None:
    page = aionctl("docs").stdout
    for path in ("submit", "route explain", "schedules create", "webhooks rotate-secret", "context add", "completion"):
        assert f"### aionctl {path}\n" in page
    assert "`--label NAME=VALUE`, `-l`" in page
    assert "`--enable`, `--disable`" in page
    assert all(f"| {int(code)} |" in page for code in ExitCode)
    assert set(MEANINGS) == set(ExitCode)


def test_the_man_page_is_one(aionctl: Call) -> None:
    page = aionctl("docs", "--form", "man").stdout
    assert page.startswith(".TH AIONCTL 1")
    assert ".SS aionctl context add NAME [OPTIONS]" in page
    assert "\n.B \\-\\-output table|json|yaml, \\-o\n" in page
    assert not [line for line in page.splitlines() if line.startswith("'")]


@pytest.mark.parametrize(
    ("shell", "mark"), [("bash", "complete -o"), ("zsh", "#compdef aionctl"), ("fish", "complete --command aionctl")]
)
def test_completion_is_a_script_of_the_shell(aionctl: Call, shell: str, mark: str) -> None:
    done = aionctl("completion", shell)
    assert done.returncode == 0
    assert mark in done.stdout
    assert aionctl("completion", "tcsh").returncode == 2


@pytest.mark.parametrize(
    ("typed", "found"),
    [("aionctl sch", "schedules"), ("aionctl schedules tr", "trigger"), ("aionctl run --st", "--stream")],
)
def test_the_shell_is_told_what_may_follow(typed: str, found: str) -> None:
    words = typed.split()
    env = os.environ | {
        "_AIONCTL_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(words) - 1),
    }
    command = [sys.executable, "-c", "from aionctl.main import main; main()"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.stdout.split() == [found]


def test_a_command_that_does_not_exist_is_met_with_a_suggestion(aionctl: Call) -> None:
    done = aionctl("sumbit")
    assert done.returncode == 2
    assert "'submit'" in done.stderr
