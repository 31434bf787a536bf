"""The parts of the report, in the order in which they are measured and printed."""

from collections.abc import Callable, Mapping

from benchmarks.report import Section
from benchmarks.scale import Scale
from benchmarks.sections import batch, doors, memory, stages, start, streams, submit, tenants

SECTIONS: Mapping[str, Callable[[Scale], Section]] = {
    "submit": submit.measure,
    "doors": doors.measure,
    "streams": streams.measure,
    "batch": batch.measure,
    "tenants": tenants.measure,
    "start": start.measure,
    "memory": memory.measure,
    "stages": stages.measure,
}
