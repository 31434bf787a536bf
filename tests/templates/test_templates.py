"""What `aion module new` makes: whole but for its WebAssembly, in every language, with the guest crate as it stands."""

import json
import re
import tomllib

import pytest

from aion.adapters.catalog.packages import read_package
from aion.adapters.packages.fixtures import read_fixtures
from aion.app.module_scaffold import LANGUAGES, make_module
from tests.modules.sandbox import PACKAGES
from tests.templates.toolchains import run

NAME = "word-count"


@pytest.fixture(params=LANGUAGES)
def made(request, tmp_path):
    return make_module(NAME, request.param, tmp_path / NAME)


def test_a_new_module_lacks_nothing_but_its_wasm(made):
    (made / f"{NAME}.wasm").write_bytes(b"\0asm\x01\0\0\0")
    package = read_package(made)
    assert (package.name, package.intents, package.broken) == (NAME, (NAME,), "")
    assert package.deterministic
    for fixture in read_fixtures(made):
        refused = package.input_schema.violations(fixture.input_json, "input")
        assert bool(refused) == (fixture.expectation == "fails"), fixture.name
    assert [example.result_json for example in package.examples if example.name == "an_empty_text"] == [
        '{"words":0,"common":[]}'
    ]


def test_nothing_of_a_template_is_left_open(made):
    files = {path: path.read_text() for path in made.rglob("*") if path.is_file()}
    assert [str(path) for path, text in files.items() if "{{name" in text or "{{memory" in text] == []
    assert (made / "README.md").read_text().startswith(f"# {NAME}\n")
    assert f"{NAME}.wasm:" in (made / "Makefile").read_text()


@pytest.mark.parametrize(
    ("language", "missing", "remedy"),
    [
        ("c", "CC=python3 -m there_is_no_ziglang cc", "pip install ziglang"),
        ("python", "COMPONENTIZE=there-is-no-componentize", "pip install componentize-py"),
    ],
)
def test_make_says_how_to_get_a_toolchain_that_is_missing(tmp_path, language, missing, remedy):
    made = make_module(NAME, language, tmp_path / NAME)
    done = run(["make", missing], made, check=False)
    assert done.returncode != 0
    assert remedy in done.stderr
    assert not (made / f"{NAME}.wasm").exists()


def test_the_rust_template_brings_the_guest_crate_as_it_stands(tmp_path):
    made = make_module(NAME, "rust", tmp_path / NAME)
    ours, theirs = PACKAGES / "guest" / "src", made / "vendor" / "aion-guest" / "src"
    assert {str(path.relative_to(ours)): path.read_bytes() for path in ours.rglob("*.rs")} == {
        str(path.relative_to(theirs)): path.read_bytes() for path in theirs.rglob("*.rs")
    }
    version = tomllib.loads((PACKAGES / "guest" / "Cargo.toml").read_text())["package"]["version"]
    assert tomllib.loads((theirs.parent / "Cargo.toml").read_text())["package"]["version"] == version


def test_javascript_names_exact_versions(tmp_path):
    package = json.loads((make_module(NAME, "js", tmp_path / NAME) / "package.json").read_text())
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in package["devDependencies"].values())


@pytest.mark.parametrize("name", ["", "Upper", "two--dashes", "-a", "a-", "a b", "1a", "a.b", "../a", "a" * 41])
def test_a_name_that_some_language_would_refuse_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match="cannot be a module's name"):
        make_module(name, "rust", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_folder_that_has_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(ValueError, match="not empty"):
        make_module(NAME, "go", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_an_error_in_the_middle_leaves_nothing_in_the_way(tmp_path, monkeypatch):
    def disk_is_full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("aion.app.module_scaffold.shutil.copytree", disk_is_full)
        with pytest.raises(OSError, match="No space left"):
            make_module(NAME, "rust", tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert (make_module(NAME, "rust", tmp_path / "new") / "Makefile").exists()
