"""The SDK's own enums have a name for everything that the contract can say, and both SDKs repeat the same calls."""

import re
from enum import Enum
from pathlib import Path

import pytest

from aion.v1 import catalog_pb2, decisions_pb2, errors_pb2, events_pb2, lifecycle_pb2, schedules_pb2, webhooks_pb2
from aion_sdk import (
    AttemptOutcome,
    CatchUp,
    DeliveryState,
    ErrorReason,
    EventKind,
    ModuleHealth,
    Overlap,
    RefusalReason,
    TaskState,
)
from aion_sdk._contract import methods

TYPESCRIPT = Path(__file__).resolve().parents[2] / "sdk/typescript/src/contract/methods.ts"
TABLES = (
    "REPEATABLE",
    "REPEATABLE_WITHOUT_ETAG",
    "DELETIONS",
    "KEYED",
    "RETRYABLE_CODES",
    "NOTHING_WAS_DONE",
)
PAIRS = [
    (TaskState, lifecycle_pb2.TaskState, "TASK_STATE_"),
    (AttemptOutcome, lifecycle_pb2.AttemptOutcome, "ATTEMPT_OUTCOME_"),
    (EventKind, events_pb2.EventKind, "EVENT_KIND_"),
    (RefusalReason, decisions_pb2.RefusalReason, "REFUSAL_REASON_"),
    (ModuleHealth, catalog_pb2.ModuleHealth, "MODULE_HEALTH_"),
    (CatchUp, schedules_pb2.CatchUp, "CATCH_UP_"),
    (Overlap, schedules_pb2.Overlap, "OVERLAP_"),
    (DeliveryState, webhooks_pb2.DeliveryState, "DELIVERY_STATE_"),
    (ErrorReason, errors_pb2.ErrorReason, "ERROR_REASON_"),
]


@pytest.mark.parametrize(("ours", "contract", "prefix"), PAIRS, ids=[pair[0].__name__ for pair in PAIRS])
def test_an_enum_of_the_sdk_names_what_the_contract_names(ours: type[Enum], contract, prefix: str) -> None:
    assert set(ours.__members__) - {"UNKNOWN"} == {name.removeprefix(prefix) for name in contract.keys()} - {  # noqa: SIM118
        "UNSPECIFIED"
    }


@pytest.mark.parametrize("name", TABLES)
def test_both_sdks_have_the_same_table_of_what_may_be_repeated(name: str) -> None:
    of_typescript = re.search(rf"const {name}: .*? = new Set\(\[(.*?)\]\)", TYPESCRIPT.read_text(), re.DOTALL)
    assert of_typescript is not None
    words = {word.rpartition(".")[2] for word in re.findall(r'"(.*?)"', of_typescript[1])}
    assert words == {word.rpartition("/")[2] for word in getattr(methods, name)} != set()
