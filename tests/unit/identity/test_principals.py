"""principals.yml: exact names, and errors that say where."""

import pytest

from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.adapters.identity.principals import read_principals
from aion.domain.identity import Identity

GOOD = """\
principals:
  - san: spiffe://example.org/billing
    tenant: acme
    principal: billing
    scopes: [tasks:read, "intent:*:run"]
  - san: reports.example.org
    tenant: globex
    principal: reports
    scopes: [tasks:read]
"""


@pytest.fixture
def read(tmp_path):
    def from_text(text):
        path = tmp_path / "principals.yml"
        path.write_text(text)
        return read_principals(path)

    return from_text


def test_each_name_is_one_identity(read):
    assert read(GOOD) == {
        "spiffe://example.org/billing": Identity("acme", "billing", frozenset({"tasks:read", "intent:*:run"})),
        "reports.example.org": Identity("globex", "reports", frozenset({"tasks:read"})),
    }


def test_an_empty_file_names_nobody(read):
    assert read("") == {}


@pytest.mark.parametrize(
    ("change", "to", "line", "field", "says"),
    [
        ("reports.example.org", '"*.example.org"', 6, "principals[1].san", "only equal names match"),
        ("reports.example.org", "Reports Example", 6, "principals[1].san", "neither a SPIFFE id"),
        ("reports.example.org", "spiffe://example.org", 6, "principals[1].san", "neither a SPIFFE id"),
        ("reports.example.org", "spiffe://example.org/billing", 6, "principals[1].san", "first on line 2"),
        ("tenant: globex", "tenant: a/b", 7, "principals[1].tenant", "must match"),
        ("principal: reports", "principal: 7", 8, "principals[1].principal", "must be text"),
        ("scopes: [tasks:read]", "scopes: [task:read]", 9, "principals[1].scopes", "did you mean tasks:read"),
        ("scopes: [tasks:read]", "scopes: []", 9, "principals[1].scopes", "at least one scope"),
        ("    principal: reports\n", "", 6, "principals[1].principal", "is missing"),
        ("tenant: globex", "tenent: globex", 7, "principals[1].tenent", "did you mean tenant"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_field(read, tmp_path, change, to, line, field, says):
    assert change in GOOD
    with pytest.raises(ConfigurationInvalid) as refused:
        read(GOOD.replace(change, to))
    found = [str(problem) for problem in refused.value.problems]
    assert any(f"principals.yml:{line}: {field}: " in text and says in text for text in found), found


def test_a_file_that_is_not_there_is_an_error_and_not_an_empty_list(tmp_path):
    with pytest.raises(ConfigurationInvalid, match="does not exist"):
        read_principals(tmp_path / "principals.yml")
