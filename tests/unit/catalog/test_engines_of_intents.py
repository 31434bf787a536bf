"""What the entries of an intent's engines stand for: ranges, weights, and pins to bytes."""

import hashlib

import pytest

from aion.adapters.catalog.errors import ConfigurationInvalid
from tests.unit.catalog.operators import EMPTY_MODULE, Operator

BYTES = f"sha256:{hashlib.sha256(EMPTY_MODULE).hexdigest()}"
OTHER_BYTES = f"sha256:{'0' * 64}"


@pytest.fixture(autouse=True)
def versions(operator: Operator) -> None:
    for version in ("1.2.0", "1.3.0", "2.0.0", "2.1.0-rc.1"):
        operator.install(version=version)


def listed(operator: Operator, engines: str) -> list[tuple[str, int | None]]:
    operator.write("intents.yml", f"intents:\n- name: summarize\n  engines: {engines}\n")
    return [(engine.name.partition(":")[2], engine.weight) for engine in operator.load().candidates("summarize")]


def refused(operator: Operator, engines: str) -> str:
    with pytest.raises(ConfigurationInvalid) as caught:
        listed(operator, engines)
    return str(caught.value).replace(f"{operator.config}/", "")


@pytest.mark.parametrize(
    ("reference", "version"),
    [
        ("module:summarize@^1.2", "1.3.0"),
        ("summarize@~1.2", "1.2.0"),
        ("module:summarize@>=1.0 <2.0", "1.3.0"),
        ("module:summarize@1.x", "1.3.0"),
        ("module:summarize@*", "2.0.0"),
        ("module:summarize@^2.1.0-rc.1", "2.1.0-rc.1"),
        ("module:summarize@2.1.0-rc.1", "2.1.0-rc.1"),
    ],
)
def test_a_range_stands_for_its_newest_version(operator: Operator, reference: str, version: str) -> None:
    assert listed(operator, f"['{reference}']") == [(f"summarize@{version}", None)]


def test_a_range_stands_for_its_newest_version_that_can_run(operator: Operator) -> None:
    (operator.modules / "summarize-1.3.0" / "summarize.wasm").unlink()
    assert listed(operator, "['module:summarize@^1']") == [("summarize@1.2.0", None)]

    catalog = operator.load().with_broken({"module:summarize@1.2.0": "does not compile"})
    (engine,) = catalog.candidates("summarize")
    assert (engine.name, bool(engine.refusal)) == ("module:summarize@1.3.0", True)


def test_a_range_that_nothing_fits_stays_a_candidate_that_is_not_installed(operator: Operator) -> None:
    operator.write("intents.yml", "intents: [{name: summarize, engines: [module:summarize@^3, module:summarize]}]\n")

    first = operator.load().candidates("summarize")[0]

    assert (first.name, first.installed) == ("module:summarize@^3", False)


def test_a_digest_stands_for_the_newest_module_with_these_bytes(operator: Operator) -> None:
    assert listed(operator, f"['module:summarize@{BYTES}']") == [("summarize@2.0.0", None)]
    assert listed(operator, f"['module:summarize@{OTHER_BYTES}', summarize@2.0.0]")[0][0] == f"summarize@{OTHER_BYTES}"


def test_an_entry_may_carry_a_weight(operator: Operator) -> None:
    engines = "[{engine: 'module:summarize@^1', weight: 90}, {engine: module:summarize@2.0.0, weight: 10}, summarize]"

    assert listed(operator, engines) == [
        ("summarize@1.3.0", 90),
        ("summarize@2.0.0", 10),
        ("summarize@1.2.0", None),
        ("summarize@2.1.0-rc.1", None),
    ]


def test_of_several_versions_the_newest_that_can_run_has_the_weight_and_the_others_stand_in(
    operator: Operator,
) -> None:
    (operator.modules / "summarize-2.0.0" / "summarize.wasm").unlink()

    assert listed(operator, "[{engine: summarize, weight: 5}]") == [
        ("summarize@2.0.0", 0),
        ("summarize@1.3.0", 5),
        ("summarize@1.2.0", 0),
        ("summarize@2.1.0-rc.1", 0),
    ]


def test_entries_that_stand_for_one_engine_add_up(operator: Operator) -> None:
    engines = "[{engine: summarize@2.0.0, weight: 90}, {engine: 'summarize@*', weight: 10}, 'summarize@^2']"

    assert listed(operator, engines) == [("summarize@2.0.0", 100)]


@pytest.mark.parametrize(
    ("engines", "says"),
    [
        ("['summarize@^^1']", "intents[0].engines[0]: summarize@^^1 has ^^1, which is neither a version nor a range"),
        ("['summarize@one']", "summarize@one has one, which is neither a version nor a range; write one such as 1.2.0"),
        ("[{engine: summarize, weight: -1}]", "intents[0].engines[0].weight: must be at least 0 (got -1)"),
        ("[{engine: summarize, weight: 1000001}]", "weight: must be at most 1000000"),
        ("[{engine: summarize, weight: 0.5}]", "weight: must be a whole number"),
        ("[{weight: 1}]", "intents[0].engines[0].engine: is missing; add it"),
        ("[{engine: summarize, wieght: 1}]", "intents[0].engines[0].wieght: is not a field here; did you mean weight?"),
        ("[5]", "intents[0].engines[0]: is neither an engine's name nor a mapping"),
        ("[summarize, {engine: summarize, weight: 1}]", "names summarize twice; keep one"),
    ],
)
def test_what_is_no_engine_is_told_with_its_place(operator: Operator, engines: str, says: str) -> None:
    assert says in refused(operator, engines)


def test_a_weight_changes_the_policy_version(operator: Operator) -> None:
    listed(operator, "[{engine: summarize@2.0.0, weight: 9}, {engine: summarize@1.3.0, weight: 1}]")
    before = operator.load().policy_version
    listed(operator, "[{engine: summarize@2.0.0, weight: 8}, {engine: summarize@1.3.0, weight: 1}]")

    assert operator.load().policy_version != before


@pytest.mark.parametrize("pin", [f"module:summarize@{BYTES}", f"module:summarize@1.2.0@{OTHER_BYTES}"])
def test_policy_may_pin_bytes_that_are_not_there_yet(operator: Operator, pin: str) -> None:
    operator.write("policies.yml", f"intents: {{summarize: {{pin: '{pin}'}}}}\n")

    assert operator.load().intent("summarize").pinned_engine == pin


@pytest.mark.parametrize(
    ("pin", "says"),
    [
        (f"module:other@{BYTES}", "is not an engine of summarize"),
        ("module:summarize@sha256:abc", "sha256:abc is not a digest; write sha256: and 64 hex digits"),
    ],
)
def test_a_pin_to_bytes_must_name_a_module_of_the_intent_and_a_whole_digest(
    operator: Operator, pin: str, says: str
) -> None:
    operator.write("policies.yml", f"intents: {{summarize: {{pin: '{pin}'}}}}\n")

    with pytest.raises(ConfigurationInvalid, match=says):
        operator.load()


@pytest.mark.parametrize(
    ("engines", "says"),
    [
        (
            "[summarize@1.3.0, {engine: summarize@2.0.0, weight: 10}]",
            "engines[1].weight: is the only weight, so that this engine would get every task; give the others",
        ),
        (
            "[{engine: summarize@2.0.0, weight: 10}, summarize@1.3.0]",
            "engines[0].weight: is the only weight",
        ),
        (
            "[summarize, {engine: summarize@2.0.0, weight: 10}, {engine: summarize@1.3.0, weight: 90}]",
            "engines[0].weight: is missing before engines with a weight",
        ),
    ],
)
def test_weights_that_would_give_everything_to_some_are_refused(operator: Operator, engines: str, says: str) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        listed(operator, engines)
    assert says in str(caught.value)


def test_one_weight_beside_zeros_sends_everything_to_one_on_purpose(operator: Operator) -> None:
    found = listed(operator, "[{engine: summarize@2.0.0, weight: 0}, {engine: summarize@1.3.0, weight: 1}]")
    assert [weight for _, weight in found] == [0, 1]
