"""Generated folders that are not what the contract gives are found, whatever is wrong with them."""

from pathlib import Path

import pytest

from tools.generate import GENERATED, drift, write


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    for folder in GENERATED:
        (tmp_path / "fresh" / folder / "inner").mkdir(parents=True)
        (tmp_path / "fresh" / folder / "inner" / "one.py").write_text("ONE = 1\n")
    return tmp_path / "fresh"


@pytest.fixture
def tree(tmp_path: Path, fresh: Path) -> Path:
    (tmp_path / "tree").mkdir()
    write(fresh, tmp_path / "tree")
    return tmp_path / "tree"


def test_what_was_just_written_has_no_drift(fresh, tree):
    assert drift(fresh, tree) == []


def test_an_edited_file_is_out_of_date(fresh, tree):
    (tree / "src/v1/inner/one.py").write_text("ONE = 2\n")
    assert drift(fresh, tree) == ["src/v1/inner/one.py: out of date"]


def test_a_removed_file_is_missing(fresh, tree):
    (tree / "openapi/inner/one.py").unlink()
    assert drift(fresh, tree) == ["openapi/inner/one.py: missing"]


def test_a_file_that_nothing_generates_is_found(fresh, tree):
    (tree / "src/v1/by_hand.py").write_text("")
    assert drift(fresh, tree) == ["src/v1/by_hand.py: nothing generates it"]


def test_writing_again_repairs_every_kind_of_drift(fresh, tree):
    (tree / "src/v1/inner/one.py").write_text("ONE = 2\n")
    (tree / "openapi/inner/one.py").unlink()
    (tree / "src/v1/old").mkdir()
    (tree / "src/v1/old/gone.py").write_text("")
    write(fresh, tree)
    assert drift(fresh, tree) == []
    assert not (tree / "src/v1/old").exists()


def test_an_equal_file_is_not_touched(fresh, tree):
    before = (tree / "src/v1/inner/one.py").stat().st_mtime_ns
    write(fresh, tree)
    assert (tree / "src/v1/inner/one.py").stat().st_mtime_ns == before


def test_caches_of_the_interpreter_are_no_drift(fresh, tree):
    (tree / "src/v1/__pycache__").mkdir()
    (tree / "src/v1/__pycache__/one.pyc").write_bytes(b"")
    assert drift(fresh, tree) == []
