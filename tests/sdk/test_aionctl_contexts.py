"""Contexts: which server and which key a command takes, and that a key goes to nobody else and is never shown."""

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aion_sdk.testing import FakeAion
from aionctl.contexts.file import write_private
from aionctl.contexts.values import ContextError
from tests.sdk.command_line import Call, calling

KEY = "aion_of_this_server"


@pytest.fixture
def aion() -> Iterator[FakeAion]:
    with FakeAion(api_key=KEY) as fake:
        yield fake


@pytest.fixture
def other() -> Iterator[FakeAion]:
    with FakeAion() as fake:
        yield fake


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def aionctl(home: Path) -> Call:
    return calling(home)


def in_one_line(told: str) -> str:
    """What stands in a box of the terminal, as one line."""
    return " ".join(told.replace("│", " ").split())


def test_a_key_from_stdin_is_kept_for_its_owner_only_and_used(aion: FakeAion, aionctl: Call, home: Path) -> None:
    added = aionctl("context", "add", "work", "--server", aion.target, "--key-stdin", stdin=f"{KEY}\n")
    assert (added.returncode, added.stderr) == (0, "context work added, in use\n")
    for path in (home / "aionctl/config.yaml", home / "aionctl/keys/work"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KEY not in (home / "aionctl/config.yaml").read_text()
    assert aionctl("server", "info").returncode == 0
    shown = (
        aionctl("context", "show").stdout + aionctl("context", "list").stdout + aionctl("context", "use", "work").stderr
    )
    assert KEY not in shown
    assert "keys/work" in shown
    aionctl("context", "remove", "work")
    assert not (home / "aionctl/keys/work").exists()
    assert aionctl("context", "list").stdout == ""


@pytest.mark.parametrize("words", [(), ("--key-env", "MY_KEY"), ("--key-file", "elsewhere")])
def test_the_kept_key_of_a_context_goes_when_another_takes_its_name(
    aionctl: Call, home: Path, words: tuple[str, ...]
) -> None:
    aionctl("context", "add", "work", "--server", "a:1", "--key-stdin", stdin=KEY)
    assert aionctl("context", "add", "work", "--server", "a:1", *words).returncode == 0
    assert list((home / "aionctl" / "keys").iterdir()) == []


@pytest.mark.parametrize("home_as", ["", "~"])
def test_the_kept_key_of_a_context_stays_when_the_new_one_of_its_name_takes_it(
    aionctl: Call, home: Path, home_as: str
) -> None:
    aionctl("context", "add", "work", "--server", "a:1", "--key-stdin", stdin=KEY)
    kept = home / "aionctl" / "keys" / "work"
    named = str(kept).replace(str(home), home_as or str(home))
    assert aionctl("context", "add", "work", "--server", "b:1", "--key-file", named, HOME=str(home)).returncode == 0
    assert kept.read_text() == f"{KEY}\n"


def test_a_key_comes_from_a_variable_or_a_command(aion: FakeAion, aionctl: Call) -> None:
    aionctl("context", "add", "env", "--server", aion.target, "--key-env", "WORK_KEY")
    assert aionctl("server", "info", WORK_KEY=KEY).returncode == 0
    assert "WORK_KEY" in aionctl("server", "info").stderr
    command = f"{sys.executable} -c 'print(\"{KEY}\")'"
    aionctl("context", "add", "cmd", "--server", aion.target, "--key-command", command)
    assert aionctl("server", "info", "--context", "cmd").returncode == 0
    assert aionctl("server", "info", AION_CONTEXT="cmd").returncode == 0
    failing = f"{sys.executable} -c 'print(\"{KEY}\"); raise SystemExit(3)'"
    aionctl("context", "add", "bad", "--server", aion.target, "--key-command", failing)
    done = aionctl("server", "info", "--context", "bad")
    assert (done.returncode, KEY in done.stderr) == (2, False)
    assert "gave no key: status 3" in in_one_line(done.stderr)


def test_a_context_whose_key_cannot_be_had_is_named_with_the_ways_out(aion: FakeAion, aionctl: Call) -> None:
    added = aionctl(
        "context", "add", "work", "--server", "127.0.0.1:1", "--key-command", "no-such-pass", AION_API_KEY=KEY
    )
    assert added.stderr.splitlines()[0] == "context work added, in use"
    assert "AION_API_KEY is for AION_SERVER" in added.stderr
    done = aionctl("server", "info", AION_API_KEY=KEY)
    assert done.returncode == 2
    said = in_one_line(done.stderr)
    assert "the context work has no key now: the command 'no-such-pass' gave no key: there is no such command" in said
    assert "--server" in said
    assert "aionctl context remove work" in said
    assert aionctl("server", "info", "--server", aion.target, AION_API_KEY=KEY).returncode == 0
    aionctl("context", "remove", "work")
    assert aionctl("server", "info", AION_SERVER=aion.target, AION_API_KEY=KEY).returncode == 0


def test_a_key_of_a_context_goes_to_no_other_server(aion: FakeAion, other: FakeAion, aionctl: Call) -> None:
    seen: list[object] = []
    other.calls.clear()
    aionctl("context", "add", "work", "--server", aion.target, "--key-env", "WORK_KEY")
    with_key = {"WORK_KEY": KEY}
    # --server and AION_SERVER name a server of their own: the context, its key and its certificates do not count.
    for words, env in ((("--server", other.target), {}), ((), {"AION_SERVER": other.target})):
        done = aionctl("server", "info", *words, **with_key, **env)
        assert done.returncode == 0, done.stderr
    assert other.calls == ["GetServerInfo"] * 2
    assert seen == []
    both = aionctl("server", "info", "--server", other.target, "--context", "work", **with_key)
    assert both.returncode == 2
    # And the other way round: what the environment gives for its server is not sent to the context's.
    refused = aionctl("server", "info", "--context", "work", AION_SERVER=other.target, AION_API_KEY="x", WORK_KEY="")
    assert refused.returncode == 2
    assert aionctl("server", "info", "--context", "work", AION_API_KEY="x", **with_key).returncode == 0
    assert aionctl("server", "info", "--api-key", "wrong", **with_key).returncode == 3


def test_several_contexts_one_in_use(aion: FakeAion, other: FakeAion, aionctl: Call) -> None:
    aionctl("context", "add", "a", "--server", aion.target)
    aionctl("context", "add", "b", "--server", other.target)
    assert aionctl("context", "list").stdout == f"* a\t{aion.target}\tno key\n  b\t{other.target}\tno key\n"
    assert aionctl("server", "info").returncode == 3
    aionctl("context", "use", "b")
    assert json.loads(aionctl("server", "info", "-o", "json").stdout)["engines"] == ["fake"]
    assert "there is no context 'c'" in aionctl("context", "use", "c").stderr
    assert "there is no context 'c'" in aionctl("server", "info", "--context", "c").stderr
    aionctl("context", "remove", "b")
    assert "no context is in use" in aionctl("context", "show").stderr


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_file_that_others_can_read_is_refused(aionctl: Call, tmp_path: Path, mode: int) -> None:
    key = tmp_path / "key"
    key.write_text(KEY)
    key.chmod(mode)
    aionctl("context", "add", "work", "--server", "127.0.0.1:1", "--key-file", str(key))
    done = aionctl("server", "info")
    assert done.returncode == 2
    assert "chmod 600" in " ".join(done.stderr.split())


def test_contexts_that_others_can_write_are_refused(aionctl: Call, home: Path) -> None:
    aionctl("context", "add", "work", "--server", "127.0.0.1:1")
    (home / "aionctl/config.yaml").chmod(0o620)
    assert "can be written by others" in aionctl("server", "info").stderr


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("current: a\n", "there is no context 'a'"),
        ("- a\n", "must be a mapping"),
        ("{", "not YAML"),
        ("contexts: {a: {}}\n", "contexts.a.server is missing"),
        ("contexts: {a: {server: x, tsl: true}}\n", "there is no tsl"),
        ("contexts: {a: {server: x, tls: 1}}\n", "must be a bool"),
        ("contexts: {a: {server: x, key: {env: A, file: b}}}\n", "one of: env, file, command"),
        ("contexts: {a: {server: x, key: {command: rm}}}\n", "command is a list of strings"),
        ("contexts: {a: {server: x, key: {kommand: rm}}}\n", "there is no kommand"),
        ("context: {}\n", "there is no context;"),
    ],
)
def test_a_file_that_is_wrong_is_told_by_place(aionctl: Call, home: Path, text: str, complaint: str) -> None:
    (home / "aionctl").mkdir(parents=True)
    (home / "aionctl/config.yaml").write_text(text)
    (home / "aionctl/config.yaml").chmod(0o600)
    done = aionctl("context", "list")
    assert done.returncode == 2
    assert complaint in " ".join(done.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    "words",
    [
        ("../up", "--server", "x"),
        ("-a", "--server", "x"),
        ("a", "--server", "x", "--key-env", "A", "--key-stdin"),
        ("a", "--server", "x", "--key-command", "'"),
        ("a", "--server", "x", "--key-stdin"),
    ],
)
def test_a_context_that_makes_no_sense_is_not_added(aionctl: Call, home: Path, words: tuple[str, ...]) -> None:
    assert aionctl("context", "add", *words).returncode == 2
    assert not (home / "aionctl/config.yaml").exists()


def test_commands_that_need_no_server_load_neither_the_sdk_nor_grpc() -> None:
    program = """
import sys
from typer.testing import CliRunner
from aionctl.app import app
for words in (["--help"], ["context", "list"], ["completion", "zsh"], ["--version"]):
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
print(sorted({"aion_sdk", "grpc", "yaml", "asyncio"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_nothing_of_aionctl_needs_the_server_s_package() -> None:
    program = """
import sys
from aionctl.commands.docs import commands
assert list(commands())
print(sorted(name for name in sys.modules if name == "aion" or name.startswith("aion.")))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_key_that_cannot_be_written_is_left_nowhere(tmp_path: Path) -> None:
    (tmp_path / "keys/work").mkdir(parents=True)
    with pytest.raises(ContextError, match="cannot write"):
        write_private(tmp_path / "keys/work", KEY)
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["work"]
    with pytest.raises(UnicodeEncodeError):
        write_private(tmp_path / "keys/other", "\ud800")
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["work"]
