"""What today's contract is compared with: the main branch and the last release tag, where they exist."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Baseline:
    """A commit that clients may already rely on."""

    name: str
    commit: str


def git(tree: Path, *arguments: str) -> str | None:
    """Return what a git command prints, or None when it fails (no such ref, no repository)."""
    done = subprocess.run(["git", "-C", str(tree), *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def baselines(tree: Path) -> Iterator[Baseline]:
    """Yield main (as the remote has it, else the local one) and the last tag that HEAD descends from."""
    seen: set[str] = set()
    last_tag = git(tree, "describe", "--tags", "--abbrev=0")
    main = next((name for name in ("origin/main", "main") if commit_of(tree, name)), None)
    for name in (main, last_tag):
        commit = commit_of(tree, name) if name else None
        if name and commit and commit not in seen:
            seen.add(commit)
            yield Baseline(name, commit)


def commit_of(tree: Path, name: str) -> str | None:
    """Return the commit that a branch or tag names, or None."""
    return git(tree, "rev-parse", "--quiet", "--verify", f"{name}^{{commit}}")
