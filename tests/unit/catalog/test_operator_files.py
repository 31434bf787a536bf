from datetime import timedelta

import pytest

from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.domain.caps import NO_CAPS, Caps
from aion.domain.routing import Privacy
from tests.unit.catalog.operators import Operator


def problems(operator: Operator) -> list[str]:
    with pytest.raises(ConfigurationInvalid) as caught:
        operator.load()
    return [str(problem).removeprefix(f"{operator.config}/") for problem in caught.value.problems]


def test_missing_files_say_nothing_and_modules_speak_for_themselves(operator: Operator) -> None:
    operator.install()

    catalog = operator.load()

    assert [intent.name for intent in catalog.intents()] == ["summarize"]
    assert catalog.default_privacy("anyone") is Privacy.LOCAL_ONLY


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        (
            "intents.yml",
            "intents:\n- name: a\n  engine: [x]\n",
            "intents.yml:3: intents[0].engine: is not a field here; did you mean engines?",
        ),
        ("intents.yml", "intents:\n- {}\n", "intents.yml:2: intents[0].name: is missing; add it"),
        (
            "intents.yml",
            "intents:\n- name: 5\n",
            "intents.yml:2: intents[0].name: must be text (got 5); put it in quotes",
        ),
        (
            "intents.yml",
            "intents:\n- name: No Spaces\n",
            "intents.yml:2: intents[0].name: must match ^[a-z][a-z0-9_.-]{0,63}$ (got No Spaces)",
        ),
        (
            "intents.yml",
            "intents: yes\n",
            "intents.yml:1: intents: must be a list (got true); write [a, b] or one `- item` a line",
        ),
        ("intents.yml", "[]\n", "intents.yml:1: must be a mapping (got a list); write `key: value` lines below it"),
        (
            "intents.yml",
            "intents:\n- name: a\n  default_expiry: 60\n",
            (
                "intents.yml:3: intents[0].default_expiry: is not a duration; write a whole number and a "
                "unit (ms, s, m, h, d), such as 60s (got 60)"
            ),
        ),
        (
            "intents.yml",
            "intents:\n- name: a\n  default_expiry: 8d\n",
            "intents.yml:3: intents[0].default_expiry: is out of range; write a duration from 100ms to 7d (got 8d)",
        ),
        (
            "intents.yml",
            "intents:\n- name: a\n  engines: [module:x, module:x]\n",
            "intents.yml:3: intents[0].engines: names module:x twice; keep one (got a list)",
        ),
        (
            "policies.yml",
            "defaults:\n  privacy: open\n",
            "policies.yml:2: defaults.privacy: must be 'local-only', 'allow-api' or 'hybrid' (got open)",
        ),
        (
            "policies.yml",
            "tenants:\n  a b: {}\n",
            "policies.yml:2: tenants.a b: must match ^[A-Za-z0-9_-]{1,64}$ (got a b)",
        ),
        ("policies.yml", "intents:\n  a: {}\n", "policies.yml:2: intents.a.pin: is missing; add it"),
        (
            "policies.yml",
            "intents:\n  nothing: {pin: module:x}\n",
            (
                "policies.yml:2: intents.nothing: is no intent of intents.yml or of an installed module; "
                "correct or remove it"
            ),
        ),
        (
            "models.yml",
            "models:\n- {name: m, provider: p, route: api}\n",
            (
                "models.yml:2: models[0]: needs cost_micros: a model behind an API costs money; write the "
                "micro-dollars of an attempt, or 0 (got a mapping)"
            ),
        ),
        (
            "models.yml",
            "models:\n- {name: m, provider: p, route: local, cost_micros: 1.5}\n",
            "models.yml:2: models[0].cost_micros: must be a whole number (got 1.5)",
        ),
        (
            "models.yml",
            "models:\n- {name: m, provider: p, route: local, cost_micros: true}\n",
            "models.yml:2: models[0].cost_micros: must be a whole number (got true)",
        ),
        (
            "models.yml",
            "models:\n- {name: m, provider: p, route: local, p95_ms: 0}\n",
            "models.yml:2: models[0].p95_ms: must be at least 1 (got 0)",
        ),
        (
            "models.yml",
            "models:\n- {name: m, provider: p, route: sea}\n",
            "models.yml:2: models[0].route: must be 'local', 'api' or 'hybrid' (got sea)",
        ),
        (
            "models.yml",
            "models:\n- &m {name: m}\n",
            "models.yml:2: uses an anchor (&m); write the value out where it is needed",
        ),
        (
            "models.yml",
            "models:\n- {name: m, provider: p, route: local}\n- {name: m, provider: q, route: local}\n",
            "models.yml:3: models[1].name: m is models[0] already; keep one",
        ),
    ],
)
def test_a_mistake_is_told_with_file_line_field_and_remedy(operator: Operator, name: str, text: str, says: str) -> None:
    operator.write(name, text)

    assert problems(operator) == [says]


def test_all_problems_of_all_files_are_told_at_once(operator: Operator) -> None:
    operator.write("intents.yml", "intents:\n- name: A\n- nme: b\n")
    operator.write("models.yml", "model: []\n")
    operator.write("policies.yml", "a: 1\na: 2\n")

    assert [line.split(": ")[0] for line in problems(operator)] == [
        "intents.yml:2",
        "intents.yml:3",
        "intents.yml:3",
        "models.yml:1",
        "policies.yml:2",
    ]


def test_a_configuration_folder_that_is_not_there_is_a_problem(operator: Operator) -> None:
    operator.config.rmdir()

    with pytest.raises(ConfigurationInvalid, match="config: is not a folder"):
        operator.load()


def test_privacy_is_the_tenants_then_the_operators_then_local_only(operator: Operator) -> None:
    operator.write("policies.yml", "defaults: {privacy: hybrid}\ntenants: {acme: {privacy: allow-api}}\n")

    catalog = operator.load()

    assert catalog.default_privacy("acme") is Privacy.ALLOW_API
    assert catalog.default_privacy("other") is Privacy.HYBRID


CAPS = """\
defaults: {privacy: hybrid, modules: {timeout_ms: 5000}}
tenants:
  acme: {modules: {memory: 32Mi, fuel: 1000, timeout_ms: 1000, concurrency: 4}}
  other: {privacy: allow-api}
  free: {modules: {memory: 0, fuel: 0, timeout_ms: 0, concurrency: 0}}
"""


def test_caps_of_modules_are_the_tenants_else_the_operators(operator: Operator) -> None:
    operator.write("policies.yml", CAPS)

    catalog = operator.load()

    assert catalog.caps("acme") == Caps(32 << 20, 1000, timedelta(seconds=1), 4)
    assert catalog.caps("free") == Caps()
    assert catalog.caps("other") == catalog.caps("anybody") == Caps(timeout=timedelta(seconds=5))
    assert catalog.default_privacy("acme") is Privacy.HYBRID
    assert catalog.default_privacy("other") is Privacy.ALLOW_API
    assert catalog.caps_fuel


def test_without_caps_there_are_none_and_no_fuel_is_counted_for_them(operator: Operator) -> None:
    catalog = operator.load()

    assert catalog.caps("anybody") == NO_CAPS
    assert not catalog.caps_fuel


@pytest.mark.parametrize(
    ("caps", "words"),
    [
        ("memory: 1Ki", "defaults.modules.memory: is out of range"),
        ("fuel: -1", "defaults.modules.fuel: must be at least 0"),
        ("timeout_ms: 4000000", "defaults.modules.timeout_ms: must be at most 3600000"),
        ("instances: 3", "defaults.modules.instances: is not a field here"),
    ],
)
def test_a_cap_that_cannot_be_is_told_at_its_place(operator: Operator, caps: str, words: str) -> None:
    operator.write("policies.yml", f"defaults: {{modules: {{{caps}}}}}\n")

    with pytest.raises(ConfigurationInvalid, match=words):
        operator.load()
