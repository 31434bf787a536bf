"""What an author types: `aion module`, its words and its exit codes."""

import json
from dataclasses import replace

import pytest

from aion.app.commands.module_words import report_lines, takers_line
from aion.app.composition.module_room import try_out
from aion.app.settings import Settings
from tests.e2e.processes import command
from tests.packages.author import MANIFEST

EVIL = "\x1b]0;owned\x07\u202eevil\u061c\x9b\x7f\u2028"
MARKS = set(EVIL) - set("]0;owned" + "evil")


def aion(settings, *arguments: str):
    return command(settings.data_dir, "module", *arguments, AION_MODULES_DIR=str(settings.modules_dir))


def test_a_module_is_packed_verified_installed_listed_and_removed(author, settings, tmp_path):
    folder, output = author.package(), str(tmp_path / "says.tar")
    packed = aion(settings, "pack", str(folder), "--output", output)
    name, version, digest, size = packed.stdout.split()
    assert (packed.code, name, version, int(size) > 0) == (0, "says", "1.0.0", True), packed.stderr
    assert "its WebAssembly alone, to which tasks are pinned, is sha256:" in packed.stderr
    assert aion(settings, "verify", output).stdout == f"says 1.0.0 {digest}\n"
    installed = aion(settings, "install", output)
    assert installed.stdout == f"says 1.0.0 {digest}\n"
    assert f"with AION_DATA_DIR={settings.data_dir} `aion dev` takes it up by itself" in installed.stderr
    (listed,) = json.loads(aion(settings, "list", "--json").stdout)
    assert (listed["name"], listed["where"], listed["artifact_digest"]) == ("says", "installed", digest)
    assert aion(settings, "remove", "says@1.0.0").code == 0
    assert json.loads(aion(settings, "list", "--json").stdout) == []


def test_who_takes_an_installed_module_up_depends_on_whether_a_data_directory_was_named(monkeypatch, tmp_path):
    monkeypatch.delenv("AION_DATA_DIR", raising=False)
    assert takers_line(Settings()).endswith("those with AION_DATA_DIR look elsewhere")
    assert "for those without AION_DATA_DIR install it without" in takers_line(Settings(data_dir=tmp_path))


def test_a_trial_that_fails_says_why_and_exits_1(author, settings):
    folder = author.package(right={"input": {"n": 1}, "result": {"n": 1}}, wrong={"input": {"n": 1}, "result": {}})
    said = aion(settings, "test", str(folder), "--runs", "1")
    assert said.code == 1
    assert "wrong failed:\n  n: 1 was not expected" in said.stdout
    assert said.stdout.endswith("1 of 2 fixtures passed\n")
    (folder / "fixtures" / "wrong.json").unlink()
    report = json.loads(aion(settings, "test", str(folder), "--runs", "1", "--json").stdout)
    assert report["passed"]
    assert report["fixtures"][0]["fuel"] > 0


def test_what_a_module_says_cannot_fool_the_terminal_of_who_tries_it(author, settings):
    report = try_out(
        settings,
        str(author.package(wrong={"input": {EVIL: EVIL}, "result": {}}, strange={"input": {}, "fails": EVIL})),
        1,
    )
    loud = [replace(trial, log=(EVIL, "one\ntwo\tthree")) for trial in report.trials]
    noted = replace(loud[0], name=f"noted{EVIL}", problems=(), note=EVIL)
    lines = list(report_lines(replace(report, trials=(*loud, noted))))
    assert not any(MARKS & set(line) for line in lines)
    assert "  stderr: one\\ntwo\tthree" in lines
    assert not any("\n" in line for line in lines)


@pytest.mark.parametrize("words", [("list",), ("list", "--json"), ("test", "odd"), ("verify", "odd")])
def test_what_stands_in_a_broken_package_cannot_fool_a_terminal(settings, monkeypatch, words):
    folder = settings.modules_dir / "odd"
    folder.mkdir(parents=True)
    (folder / "manifest.yaml").write_text(
        MANIFEST.format(name="odd", version="1.0.0").replace("type: wasm", r'type: "\e]0;owned\a\u202E\x9B\x7F\u061C"')
    )
    monkeypatch.chdir(settings.modules_dir)
    said = aion(settings, *words)
    assert "owned" in said.stdout + said.stderr
    assert not MARKS & set(said.stdout + said.stderr)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["verify", "nowhere"],
            "aion: nowhere does not exist; name a package's folder",
        ),
        (["new", "Hello"], "aion: 'Hello' cannot be a module's name: use a to z"),
        (
            ["new", "hello", "--lang", "cobol"],
            "aion: there is no template for 'cobol'; there are rust, go",
        ),
        (["remove", "hello"], "aion: hello is not installed here; installed are: none\n"),
    ],
)
def test_a_refusal_is_a_sentence(settings, arguments, says):
    said = aion(settings, *arguments)
    assert (said.code, said.stderr.startswith(says)) == (1, True), said.stderr
