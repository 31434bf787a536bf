"""A peer that never answers."""

import contextlib
import time

from benchmarks.peers.subject import Subject


@contextlib.contextmanager
def _serving(text):
    time.sleep(300)
    yield


SUBJECT = Subject(_serving)
