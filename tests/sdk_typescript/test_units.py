"""The TypeScript SDK's own tests, in every version of Node.js that is at hand."""

import re
from pathlib import Path

from tests.sdk_typescript.nodes import vitest


def passed(said: str) -> int:
    found = re.search(r"Tests +(\d+) passed", said)
    assert found is not None, said
    return int(found[1])


def test_the_unit_tests_pass(node: Path) -> None:
    assert passed(vitest(node, "unit")) > 100


def test_the_live_tests_pass_against_a_server(node: Path, facts: Path) -> None:
    assert passed(vitest(node, "live", AION_TEST_SERVER=str(facts))) > 30
