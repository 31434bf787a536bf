"""What `aion.ports.page_tokens.PageTokens` promises: opaque, unforgeable, and good for one query of one tenant."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aion.adapters.page_tokens import SealedPageTokens
from aion.domain.errors import PageTokenInvalid
from aion.ports.page_tokens import PageTokens
from tests.manual_clock import CountingEntropy

BINDING, POSITION = "acme ListTasks state=OK", "2026-01-01T00:00:00Z task-1"
SECRET = b"a secret of this data directory."


@pytest.fixture(scope="module")
def page_tokens() -> PageTokens:
    return SealedPageTokens(SECRET, CountingEntropy())


@given(st.text(max_size=80), st.text(max_size=200))
def test_the_position_comes_back(page_tokens, binding, position):
    assert page_tokens.open(binding, page_tokens.seal(binding, position)) == position


def test_a_token_is_opaque_and_url_safe(page_tokens):
    token = page_tokens.seal(BINDING, POSITION)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", token)
    assert "task" not in token
    assert page_tokens.seal(BINDING, POSITION) != token, "who sees two tokens does not learn that they say the same"


@pytest.mark.parametrize("other", ["globex ListTasks state=OK", "acme ListIntents state=OK", "acme ListTasks", ""])
def test_a_token_of_another_tenant_method_or_filter_is_refused(page_tokens, other):
    with pytest.raises(PageTokenInvalid):
        page_tokens.open(other, page_tokens.seal(BINDING, POSITION))


def test_a_token_that_was_changed_anywhere_is_refused(page_tokens):
    token = page_tokens.seal(BINDING, POSITION)
    for at in range(len(token)):
        for changed in (
            _with(token, at, "A" if token[at] != "A" else "B"),
            _with(token, at, ""),
            _with(token, at, "!"),
        ):
            with pytest.raises(PageTokenInvalid):
                page_tokens.open(BINDING, changed)


@pytest.mark.parametrize("added", ["A", "=", "==", "!", "\n", " ", "."])
def test_a_token_with_something_added_is_refused(page_tokens, added):
    token = page_tokens.seal(BINDING, POSITION)
    for changed in (token + added, added + token, token[:7] + added + token[7:]):
        with pytest.raises(PageTokenInvalid):
            page_tokens.open(BINDING, changed)


@given(st.text(max_size=60))
def test_a_text_that_is_no_token_of_ours_is_refused(page_tokens, text):
    with pytest.raises(PageTokenInvalid) as caught:
        page_tokens.open(BINDING, text)
    assert [violation.field for violation in caught.value.violations] == ["page_token"]


def test_a_token_of_another_server_is_refused(page_tokens):
    foreign = SealedPageTokens(SECRET[::-1], CountingEntropy()).seal(BINDING, POSITION)
    with pytest.raises(PageTokenInvalid):
        page_tokens.open(BINDING, foreign)


def _with(token: str, at: int, letter: str) -> str:
    return token[:at] + letter + token[at + 1 :]
