"""A peer that answers with something else than it was asked for."""

import contextlib

from benchmarks.load import WrongAnswer
from benchmarks.peers.subject import Running, Subject, nothing


class _Door:
    @contextlib.asynccontextmanager
    async def opened(self, in_flight):
        async def call(number):
            raise WrongAnswer("4712 instead of 4711")

        yield call


@contextlib.contextmanager
def _serving(text):
    yield Running(_Door(), (), nothing)


SUBJECT = Subject(_serving)
