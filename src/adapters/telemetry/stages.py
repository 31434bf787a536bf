"""How long each stage of a call takes, measured from outside: the functions that are the stages are swapped for timed
ones while a profile runs, so that without one nothing of it is on the path.

The time of a stage is its own: what a timed stage spends in another one, in the same thread, counts for that one alone.
A stage that waits is only known from begin to end, with all that happens meanwhile; it takes no processor time of its
own that could be told apart.
"""

import inspect
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from threading import local
from types import ModuleType
from typing import Any, Final

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from aion.adapters.telemetry.series import Counter, Histogram

_BOUNDS: Final = (0.000005, 0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.1, 1)


@dataclass(frozen=True, slots=True)
class Place:
    """A stage of the path, and the function that it is: `name` of a class, or of the module that calls it."""

    stage: str
    owner: type | ModuleType
    name: str


class _Inner(local):
    """What the current thread has spent in stages within the one that runs: by the wall's clock, and of its own."""

    wall = 0.0
    processor = 0.0


class StageRecorder(Collector):
    """The times of the stages. A stage is recorded by one thread; any may collect."""

    def __init__(self) -> None:
        self._seconds = Histogram(
            "aion_stage_seconds", "Stages of calls, each without the stages within it.", _BOUNDS, ("stage",)
        )
        self._processor = Counter(
            "aion_stage_processor_seconds", "Processor time of stages that never wait.", ("stage",)
        )
        self._inner = _Inner()

    def collect(self) -> Iterable[Metric]:
        """Both families as they are now."""
        return (*self._seconds.collect(), *self._processor.collect())

    @contextmanager
    def recording(self, places: Sequence[Place]) -> Iterator[None]:
        """Times these places while the block runs. What took one of their functions before is not timed.

        Raises AttributeError when a place is not there.
        """
        found = [(place, inspect.getattr_static(place.owner, place.name)) for place in places]
        for place, function in found:
            setattr(place.owner, place.name, self.timed(place.stage, function))
        try:
            yield
        finally:
            for place, function in found:
                setattr(place.owner, place.name, function)

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, which records how long it takes, whether it returns or raises."""
        return self._waiting(stage, function) if inspect.iscoroutinefunction(function) else self._busy(stage, function)

    def _waiting(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        async def timed(*given: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return await function(*given, **named)
            finally:
                self._seconds.observe(time.perf_counter() - began, stage)

        return timed

    def _busy(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        inner = self._inner

        @wraps(function)
        def timed(*given: Any, **named: Any) -> Any:
            wall_of_others, processor_of_others = inner.wall, inner.processor
            inner.wall = inner.processor = 0.0
            began, began_processor = time.perf_counter(), time.thread_time()
            try:
                return function(*given, **named)
            finally:
                wall, processor = time.perf_counter() - began, time.thread_time() - began_processor
                self._seconds.observe(wall - inner.wall, stage)
                self._processor.add(stage, amount=processor - inner.processor)
                inner.wall, inner.processor = wall_of_others + wall, processor_of_others + processor

        return timed
