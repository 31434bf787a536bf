"""A peer whose process ends before anything was asked of it."""

import contextlib
import sys

from benchmarks.peers.children import child
from benchmarks.peers.subject import Subject


@contextlib.contextmanager
def _serving(text):
    with child([sys.executable, "-c", "raise SystemExit('no broker here')"], {}) as process:
        process.process.wait(30)
        process.check()
        yield


SUBJECT = Subject(_serving)
