"""The configuration and the reference page that ship with AION say what AION reads."""

import re
from pathlib import Path

import pytest

from aion.adapters.catalog.documents import parse_document
from aion.adapters.catalog.latency import RecentLatency
from aion.adapters.catalog.loading import load_catalog
from aion.adapters.catalog.manifest import Manifest
from aion.adapters.catalog.operator_files import IntentsFile, ModelsFile, PoliciesFile
from aion.adapters.catalog.retention_file import RetentionFile, load_retention
from aion.adapters.catalog.strict_models import StrictModel, model_of
from aion.domain.retention import RetentionPolicy
from aion.domain.routing import Privacy
from tests.unit.catalog.operators import Operator

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "reference-manifests.md"

FILES: dict[str, type[StrictModel]] = {
    "intents.yml": IntentsFile,
    "policies.yml": PoliciesFile,
    "models.yml": ModelsFile,
    "retention.yml": RetentionFile,
    "manifest.yaml": Manifest,
}


def samples() -> dict[str, str]:
    """The first YAML snippet below each heading that names a file."""
    page = REFERENCE.read_text(encoding="utf-8")
    return dict(re.findall(r"^## `([a-z.]+)`.*?^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL))


def fields(model: type[StrictModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def test_the_shipped_configuration_offers_the_bundled_modules() -> None:
    catalog = load_catalog(ROOT / "config", [ROOT / "modules"], RecentLatency())

    assert {intent.name for intent in catalog.intents()} >= {"redact", "summarize"}
    assert [module.broken for module in catalog.modules()] == ["" for _ in catalog.modules()]
    catalog.check_input("summarize", '{"text": "One sentence. And another.", "max_sentences": "1"}')
    assert catalog.default_privacy("anyone") is Privacy.LOCAL_ONLY


def test_the_shipped_configuration_deletes_nothing() -> None:
    assert load_retention(ROOT / "config", None, None) == RetentionPolicy()


def test_the_shipped_configuration_serves_other_modules_too(operator: Operator) -> None:
    operator.install("translate", intent="translate")

    catalog = load_catalog(ROOT / "config", [operator.modules], RecentLatency())

    assert [intent.name for intent in catalog.intents()] == ["translate"]


@pytest.mark.parametrize("name", FILES)
def test_the_samples_of_the_reference_are_valid_and_show_every_field(name: str) -> None:
    document = parse_document(samples()[name], name)

    model_of(document, FILES[name])

    assert set(document.value) == fields(FILES[name])


def test_the_samples_of_the_reference_fit_together(operator: Operator) -> None:
    found = samples()
    folder = operator.install(manifest=found["manifest.yaml"])
    (folder / "schemas").mkdir()
    for side in ("input", "output"):
        (folder / f"{side}.json").rename(folder / "schemas" / f"{side}.json")
    for name in ("intents.yml", "policies.yml", "models.yml", "retention.yml"):
        operator.write(name, found[name])
    for side in ("input", "output"):
        operator.write(f"translate_{side}.json", '{"type": "object"}')

    catalog = operator.load()

    assert [module.broken for module in catalog.modules()] == [""]
    assert catalog.intent("summarize").engines[0] == "module:summarize@1.0.0"
    assert load_retention(operator.config, None, None).undelivered is not None
