"""What wasmtime says of a component that ended badly, in words for its author."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from aion.adapters.engines.wasm.host.attempt import Attempt
from aion.adapters.engines.wasm.host.traps import component_ending

ORDER = SimpleNamespace(fuel=5, memory_bytes=1 << 20)
ATTEMPT = cast("Attempt", SimpleNamespace(order=ORDER, output=SimpleNamespace(last_words="")))


def message(error: str) -> Any:
    return cast("Any", component_ending(error, ATTEMPT)).failure.message


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("it failed", "it failed"),
        ("it failed\n\nCaused by:\n    the export is missing\n", "the export is missing"),
        ("it failed\n\nCaused by:\n    0: of this\n   12: which is: so", "which is: so"),
        ("it failed\n  a: b", "a: b"),
    ],
)
def test_the_last_cause_is_told(error, cause):
    assert message(error) == f"the module trapped: it broke the rules of components: {cause}"


def test_a_cause_that_is_all_space_is_read_once():
    """A guest names its functions: looked at from each space anew this would hold its host for years."""
    assert message("it failed\n" + " " * 1_000_000 + "x").endswith("components: x")
