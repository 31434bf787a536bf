"""Imports without what nobody uses: hollow for as long as one import takes, whole for everybody else."""

import importlib
import sys

import pytest

from aion.adapters.hollow_imports import hollow, leave_unrun


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A package `heavy_library` that tells when it is run, with a part that does not need the rest."""
    folder = tmp_path / "heavy_library"
    (folder / "inner").mkdir(parents=True)
    (folder / "__init__.py").write_text("ran = True\n")
    (folder / "inner" / "__init__.py").write_text("ran = True\n")
    (folder / "inner" / "part.py").write_text("answer = 42\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    yield "heavy_library"
    for name in [name for name in sys.modules if name.partition(".")[0] == "heavy_library"]:
        del sys.modules[name]


def test_what_is_hollow_has_no_content_and_no_parts_and_is_whole_afterwards(library):
    with hollow(library):
        assert not hasattr(importlib.import_module(library), "ran")
        with pytest.raises(ImportError):
            importlib.import_module(f"{library}.inner")
    assert importlib.import_module(library).ran


def test_what_was_imported_before_stays_as_it_is(library):
    whole = importlib.import_module(library)
    with hollow(library):
        assert importlib.import_module(library) is whole
    leave_unrun(library)
    assert importlib.import_module(library) is whole


def test_an_import_that_fails_leaves_nothing_hollow_behind(library):
    def interrupted():
        with hollow(library):
            raise ImportError("some other library is broken")

    with pytest.raises(ImportError, match="some other"):
        interrupted()
    assert importlib.import_module(library).ran


def test_parts_of_a_package_that_is_not_run_can_be_imported(library):
    leave_unrun(library, f"{library}.inner")
    assert importlib.import_module(f"{library}.inner.part").answer == 42
    assert not hasattr(sys.modules[library], "ran")
    assert not hasattr(sys.modules[f"{library}.inner"], "ran")


def test_a_package_that_is_not_there_is_named():
    with pytest.raises(ModuleNotFoundError, match="no package heavier_library"):
        leave_unrun("heavier_library")
