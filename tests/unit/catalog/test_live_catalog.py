"""A catalogue some of whose modules are still being compiled."""

import shutil

from aion.adapters.catalog.live_catalog import LiveCatalog
from tests.unit.catalog.operators import Operator

OLD, NEW = "module:summarize@1.0.0", "module:summarize@2.0.0"


class Watch:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def two_versions(operator: Operator, watch: Watch) -> LiveCatalog:
    operator.install(version="1.0.0")
    operator.install(version="2.0.0")
    return LiveCatalog(operator.load(), watch)


def test_a_module_that_is_compiled_says_since_when_and_how_large_it_is(operator: Operator) -> None:
    watch = Watch()
    catalog = two_versions(operator, watch)
    catalog.compiling(NEW, 18_400_000)
    watch.seconds += 3
    said = {module.engine: module.preparing for module in catalog.modules()}
    assert said == {NEW: "compiling, since 3 s, 18.4 MB", OLD: ""}
    found = catalog.module(NEW)
    assert found is not None
    assert found.preparing == said[NEW]
    assert catalog.describe_module("summarize", "2.0.0").facts.preparing == said[NEW]
    catalog.compiled(NEW, "")
    assert [module.preparing for module in catalog.modules()] == ["", ""]


def test_other_engines_stand_before_one_that_is_compiled_and_the_answer_stays_the_same_object(
    operator: Operator,
) -> None:
    catalog = two_versions(operator, Watch())
    before = catalog.candidates("summarize")
    assert [engine.weight for engine in before] == [None, None]
    catalog.compiling(NEW, 1)
    during = catalog.candidates("summarize")
    assert {engine.name: engine.weight for engine in during} == {NEW: 0, OLD: None}
    assert all(not engine.refusal for engine in during)
    assert catalog.candidates("summarize") is during
    catalog.compiled(NEW, "")
    assert catalog.candidates("summarize") is before


def test_what_turns_out_to_be_broken_says_so(operator: Operator) -> None:
    catalog = two_versions(operator, Watch())
    catalog.compiling(NEW, 1)
    catalog.compiled(NEW, "it exports no function _start")
    assert [module.broken for module in catalog.modules() if module.engine == NEW] == ["it exports no function _start"]


def test_a_result_of_a_module_that_went_is_judged_by_what_it_had_to_fit(operator: Operator) -> None:
    """10.9 Attempts end on what they began with: also those that were decided for and begin later."""
    catalog = two_versions(operator, Watch())
    shutil.rmtree(operator.modules / "summarize-1.0.0")
    catalog.served = operator.load()
    judge = catalog.judge("summarize", OLD)
    assert judge is not None
    assert (judge('{"summary": "short"}'), judge("{}")) == (None, "result.summary is required; add it")
    assert catalog.judge("summarize", "module:never@1.0.0") is not None, "an engine without schemas has its intent's"
    assert catalog.judge("another", "module:never@1.0.0") is None
