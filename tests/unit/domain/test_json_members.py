"""Members of a JSON document, counted."""

import json

import pytest

from aion.domain.json_members import members_of, values_at_least, without_texts


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


@pytest.mark.parametrize(
    ("document", "bare"),
    [
        (b'{"a": ["b, c", 1]}', b"{: [, 1]}"),
        (rb'["a\"b,", 2, "\\", 3]', b"[, 2, , 3]"),
        (b'[1, "never closed, 2, 3]', b"[1, "),
        (rb'[1, "never closed \"', b"[1, "),
        (b'[1, "' + b"\\", b"[1, \\"),
        (b"[1, 2]", b"[1, 2]"),
    ],
)
def test_texts_are_left_out_and_one_that_is_not_closed_goes_on_to_the_end(document, bare):
    assert without_texts(document) == bare


def test_values_are_counted_from_below_and_those_in_texts_are_not():
    document = json.dumps([1, "a, b, [c]", {"d": [2, 3]}]).encode()
    assert values_at_least(document, 2) == 6
    assert values_at_least(document, 60) == 0
    assert values_at_least(b"[1, 2]", 2) == 0


def test_a_text_that_is_never_closed_is_read_once_however_many_quotes_are_in_it():
    """Looked at anew from each of them it would take hours, in which the server answers nobody."""
    assert values_at_least(b"," * 9 + b'"' + rb"\"" * 1_000_000, 5) == 9
