"""A peer that answers with what it got."""

from dataclasses import replace

from benchmarks.peers.subjects import echo

SUBJECT = replace(echo.SUBJECT, packages=("pytest",))
