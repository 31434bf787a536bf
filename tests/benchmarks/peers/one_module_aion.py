"""AION with one module, so that it starts fast."""

import os

from benchmarks.peers.subject import Subject
from benchmarks.peers.subjects import aion

MODULES = "MODULES_FOR_TESTS"

SUBJECT = Subject(lambda text: aion.serving(text, AION_MODULES_DIR=os.environ[MODULES]))
