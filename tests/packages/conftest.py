from pathlib import Path

import pytest

from aion.app.composition.module_room import pack
from aion.app.settings import Settings
from tests.engine.conftest import make_module
from tests.packages.author import Author
from tests.packages.stranger import Stranger

__all__ = ["make_module"]


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path / "author")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A data directory of its own, and no modules but those that are installed there."""
    modules = tmp_path / "own-modules"
    modules.mkdir()
    return Settings(data_dir=tmp_path / "data", modules_dir=modules)


@pytest.fixture
def stranger(author: Author, tmp_path: Path) -> Stranger:
    """Somebody who has a layout with one package of the author's."""
    pack([author.package()], tmp_path / "layout")
    return Stranger(tmp_path / "layout")
