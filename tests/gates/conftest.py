"""What the tests of the gates share: the repository, and small git repositories to compare with."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import third_party

ROOT = Path(__file__).resolve().parents[2]
IDENTITY = ["-c", "user.name=A Test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"]


@pytest.fixture
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def third_party_protos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The imported contracts, printed once."""
    folder = tmp_path_factory.mktemp("protos") / "third_party"
    third_party.fill(folder)
    return folder


@pytest.fixture
def commit(tmp_path: Path) -> Callable[..., None]:
    """Commit what lies in tmp_path, optionally with a tag."""

    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", str(tmp_path), *IDENTITY, *arguments], check=True, capture_output=True)

    def do(tag: str = "") -> None:
        if not (tmp_path / ".git").exists():
            git("init", "--initial-branch=main")
        git("add", "--all")
        git("commit", "--allow-empty", "--message=a state")
        if tag:
            git("tag", tag)

    return do


@pytest.fixture
def contract_tree(tmp_path: Path, third_party_protos: Path) -> Path:
    """A tree that holds the contract and its document, and nothing else."""
    shutil.copytree(third_party_protos, tmp_path / "third_party")
    shutil.copytree(ROOT / "proto", tmp_path / "proto")
    shutil.copytree(ROOT / "openapi", tmp_path / "openapi")
    shutil.copy(ROOT / "buf.yaml", tmp_path)
    (tmp_path / ".gitignore").write_text("third_party/\n")
    return tmp_path
