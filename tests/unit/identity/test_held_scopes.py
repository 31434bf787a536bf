"""Who holds which scopes: literally, or by a pattern in which only `*` has a meaning."""

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aion.domain.identity import ALL_SCOPES, WORKERS_SERVE, Identity, is_client_scope

PATTERNS = st.text(alphabet="ab*", max_size=8)


def holds(*scopes: str):
    return Identity("acme", "svc", frozenset(scopes)).may


@given(PATTERNS, st.text(alphabet="ab", max_size=10))
def test_a_star_stands_for_any_text(pattern, text):
    assert holds(pattern)(text) == (pattern == text or fnmatchcase(text, pattern))


@given(PATTERNS, PATTERNS, st.text(alphabet="ab", max_size=10))
def test_who_holds_a_pattern_holds_all_that_it_fits(held, asked, text):
    """13.1 A ticket holds a part of what the credential that asked for it may."""
    if holds(held)(asked) and holds(asked)(text):
        assert holds(held)(text)


def test_nothing_else_has_a_meaning():
    assert not holds("intent:[a-z]*:run")("intent:echo:run")
    assert not holds("intent:e?ho*:run")("intent:echo:run")


@pytest.mark.parametrize("scope", sorted(ALL_SCOPES | {"intent:a.b-c_d:run", "intent:*tor*:run"}))
def test_a_client_may_hold(scope):
    assert is_client_scope(scope)


@pytest.mark.parametrize(
    "text",
    ["", "*", "tasks:*", WORKERS_SERVE, "intent:[!tor]*:run", "intent:e?ho:run", "intent::run", "intent:a:run\n"],
)
def test_a_client_may_not_hold(text):
    assert not is_client_scope(text)


@pytest.mark.parametrize(
    ("pattern", "fits", "fits_not"),
    [
        ("a*bc*bc*z", "a-bc-bc-z", "a-bc-z"),
        ("a*b*c*z", "abcz", "acbz"),
        ("ab*ab*z", "ab-ab-z", "ab-z"),
        ("a*yz*yz", "a-yz-yz", "a-yz"),
    ],
)
def test_what_stands_between_the_stars_is_found_one_after_the_other(pattern, fits, fits_not):
    """Never twice in the same place, and never in what the pattern begins and ends with."""
    assert holds(pattern)(fits)
    assert not holds(pattern)(fits_not)
