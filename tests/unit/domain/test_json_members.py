"""Members of a JSON document, counted."""

import json

import pytest

from aion.domain.json_members import members_of


@pytest.mark.parametrize(
    ("document", "members"),
    [
        ("1", 0),
        ("[]", 0),
        ('"a: b"', 0),
        ('{"a": 1}', 1),
        ('{"a": {"b": [{"c": 1, "d": []}, 2]}, "e": {}}', 5),
        ('[[{"a": 1}], {"b": [[{"c": null}]]}]', 3),
        ('{"a": 1, "a": 2}', 1),
    ],
)
def test_every_member_of_every_object_counts_once(document, members):
    assert members_of(json.loads(document)) == members
