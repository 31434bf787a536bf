"""The stages of a submit, for AION_STAGE_PROFILE: which functions they are, from the wire to the answer.

A part of the composition root, and so allowed to name adapters. What is not among these, such as turns of the event
loop, is the rest of `call`; grpcio's own work is not even in that.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from aion.adapters.catalog.live_catalog import LiveCatalog
from aion.adapters.rpc import pipeline, tasks
from aion.adapters.rpc.call import ProtobufPayload
from aion.adapters.rpc.gate import Gate
from aion.adapters.rpc.pipeline import Pipeline
from aion.adapters.rpc.turnstile import Turnstile
from aion.adapters.rpc.validation import Validation
from aion.adapters.storage import writer
from aion.adapters.storage.outcomes import Outcomes
from aion.adapters.storage.transaction import Transaction
from aion.adapters.storage.writer import GroupCommitWriter
from aion.adapters.telemetry.stages import Place, StageRecorder
from aion.app.usecases.deciding import Decider
from aion.app.usecases.submit_task import AcceptTask
from aion.app.work import attempt
from aion.app.work.attempt import RunningAttempt
from aion.app.work.worker import Worker

PLACES: Final[Sequence[Place]] = (
    Place("call", Pipeline, "unary"),
    Place("authenticate", Gate, "identify"),
    Place("turn", Turnstile, "turn"),
    Place("decode", ProtobufPayload, "decode"),
    Place("rules", Validation, "check"),
    Place("fingerprint", pipeline, "fingerprint"),
    Place("command", tasks, "to_command"),
    Place("plan", AcceptTask, "_plan"),
    Place("schema", LiveCatalog, "check_input"),
    Place("schema", LiveCatalog, "check_engine_input"),
    Place("decide", Decider, "__call__"),
    Place("accept", AcceptTask, "_accept"),
    Place("start", Worker, "start"),
    Place("engine", RunningAttempt, "_run_engine"),
    Place("judge", attempt, "kept"),
    Place("settle", RunningAttempt, "_settle"),
    Place("encode", tasks, "to_answer"),
    # In the writer's thread: a step a value, the others once for all that is committed together.
    Place("writer: step", writer, "_outcome"),
    Place("writer: statements", Transaction, "flush"),
    Place("writer: commit", GroupCommitWriter, "_write"),
    Place("answers of a commit", Outcomes, "_tell"),
)


@contextmanager
def stage_profile() -> Iterator[StageRecorder]:
    """Times the stages of everything in this process that is built while the block runs."""
    recorder = StageRecorder()
    with recorder.recording(PLACES):
        yield recorder
