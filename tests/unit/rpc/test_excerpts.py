"""What is told of an error: as much as fits into trailers, in bytes as they travel, and never half a character."""

import pytest

from aion.adapters.rpc.excerpts import excerpt
from aion.domain.errors import FieldViolation, ValidationFailed

SNOWMAN = "\N{SNOWMAN}"
FACE = "\N{GRINNING FACE}"


def told(message: str = "wrong", violations=(), facts=None):
    return excerpt(ValidationFailed(message, violations=tuple(FieldViolation(*v) for v in violations), facts=facts))


@pytest.mark.parametrize(
    ("message", "travels"),
    [
        ("", ""),
        ("x" * 1024, "x" * 1024),
        ("x" * 1025, "x" * 1015 + "…"),
        (" ~" * 512, " ~" * 512),
        ("%" * 341 + "x", "%" * 341 + "x"),
        ("%" * 342, "%" * 338 + "…"),
        ("\n" * 342, "\n" * 338 + "…"),
        ("\x7f" * 342, "\x7f" * 338 + "…"),
        (SNOWMAN * 113 + "x" * 7, SNOWMAN * 113 + "x" * 7),
        (SNOWMAN * 113 + "x" * 8, SNOWMAN * 112 + "…"),
        (FACE * 85 + "xxxx", FACE * 85 + "xxxx"),
        (FACE * 85 + "xxxxx", FACE * 84 + "…"),
        (SNOWMAN * 100_000, SNOWMAN * 112 + "…"),
    ],
)
def test_a_message_is_as_long_as_it_may_be_percent_encoded(message, travels):
    assert told(message).message == travels


@pytest.mark.parametrize(
    ("text", "travels"),
    [
        ("x" * 256, "x" * 256),
        ("x" * 257, "x" * 253 + "…"),
        (SNOWMAN * 85 + "x", SNOWMAN * 85 + "x"),
        (SNOWMAN * 86, SNOWMAN * 84 + "…"),
        (FACE * 65, FACE * 63 + "…"),
    ],
)
def test_a_text_of_a_violation_has_a_bound_of_its_own(text, travels):
    assert told(violations=[(text, "must be so")]).violations == (FieldViolation(travels, "must be so"),)
    assert told(violations=[("a.b", text)]).violations == (FieldViolation("a.b", travels),)


def test_ten_violations_and_ten_facts_are_told():
    violations = [(f"field_{n}", "must be so") for n in range(11)]
    facts = {f"fact_{n}": "v" for n in range(11)}
    found = told(violations=violations, facts=facts)
    assert found.violations == tuple(FieldViolation(*each) for each in violations[:10])
    assert found.facts == dict(list(facts.items())[:10])


def test_when_violations_are_too_long_together_the_longest_are_cut_to_one_size():
    """Of 3,072 bytes ten fields of 72 leave 235 to each description; of nine each has its 256."""
    long, cut = ("f" * 72, "x" * 256), ("f" * 72, "x" * 232 + "…")
    assert told(violations=[long] * 9).violations == (FieldViolation(*long),) * 9
    assert told(violations=[long] * 10).violations == (FieldViolation(*cut),) * 10
    short = ("g" * 72, "must")
    assert told(violations=[short, *[long] * 9]).violations == tuple(FieldViolation(*v) for v in [short, *[long] * 9])


def test_facts_are_told_before_violations_and_take_half_of_the_room_at_most():
    violations = [("f" * 256, "x" * 256)] * 10
    found = told(violations=violations, facts={"k" * 10: "v" * 522})
    assert found.facts == {"k" * 10: "v" * 522}
    assert {len(v.field.encode()) for v in found.violations} == {(3072 - 532) // 20}
    found = told(violations=violations, facts={f"{n}{'k' * 399}": SNOWMAN * 400 for n in range(10)})
    assert list(found.facts) == [f"{n}{'k' * 72}…" for n in range(10)]
    assert set(found.facts.values()) == {SNOWMAN * 24 + "…"}
    assert {len(v.description.encode()) for v in found.violations} == {(3072 - 10 * (76 + 75)) // 20}


def test_a_long_fact_that_has_room_is_whole():
    assert told(facts={"limit": "v" * 1531}).facts == {"limit": "v" * 1531}
    assert told(facts={"limit": "v" * 1532}).facts == {"limit": "v" * 1528 + "…"}
