from collections.abc import Callable

import pytest

from tests.unit.catalog.operators import EMPTY_MODULE, Operator


def install(operator: Operator) -> None:
    operator.install()
    operator.write("intents.yml", "intents: [{name: summarize, default_expiry: 60s}]\n")
    operator.write("policies.yml", "tenants: {acme: {privacy: hybrid}}\n")
    operator.write("models.yml", "models: [{name: m, provider: p, route: local}]\n")


def test_layout_comments_and_spelled_out_defaults_do_not_change_it(operator: Operator) -> None:
    install(operator)
    before = operator.load().policy_version

    operator.write("intents.yml", "# reworded\nintents:\n  - name: summarize\n    default_expiry: 1m\n")
    operator.write("policies.yml", "defaults: {privacy: local-only}\ntenants:\n  acme: {privacy: 'hybrid'}\n")

    assert operator.load().policy_version == before
    assert before.startswith("sha256:")
    assert len(before) == len("sha256:") + 16


def replace_the_module(operator: Operator) -> None:
    (operator.modules / "summarize-1.0.0" / "summarize.wasm").write_bytes(EMPTY_MODULE + b"\0\x02\x01a")


def remove_the_module(operator: Operator) -> None:
    (operator.modules / "summarize-1.0.0" / "summarize.wasm").unlink()


@pytest.mark.parametrize(
    "change",
    [
        lambda operator: operator.install(version="1.1.0"),
        lambda operator: operator.write("policies.yml", "tenants: {acme: {privacy: allow-api}}\n"),
        lambda operator: operator.write("policies.yml", "intents: {summarize: {pin: module:summarize}}\n"),
        lambda operator: operator.write("models.yml", "models: [{name: m, provider: p, route: hybrid}]\n"),
        lambda operator: operator.write("intents.yml", "intents: [{name: summarize, default_expiry: 61s}]\n"),
        replace_the_module,
        remove_the_module,
    ],
)
def test_whatever_can_change_a_decision_changes_it(operator: Operator, change: Callable[[Operator], object]) -> None:
    install(operator)
    before = operator.load().policy_version

    change(operator)

    assert operator.load().policy_version != before


def test_what_an_engine_found_broken_is_refused_and_changes_it(operator: Operator) -> None:
    install(operator)
    before = operator.load()

    after = before.with_broken({"module:summarize@1.0.0": "does not compile"})

    assert after.candidates("summarize")[0].refusal == "does not compile"
    assert after.module("module:summarize@1.0.0").broken == "does not compile"
    assert after.packages() == ()
    assert after.policy_version != before.policy_version
    assert before.candidates("summarize")[0].refusal == ""
