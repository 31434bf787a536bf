"""JSON of requests: within bounds, and nothing in it twice."""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aion.adapters.transports.json.reading import MOST_VALUES, Unreadable, read_json

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(alphabet=':"\\{}[],ab\n'),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(alphabet=':"\\a', max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(DOCUMENTS, st.booleans())
def test_whatever_has_no_repetition_is_read(document, spaced):
    text = json.dumps(document, indent=1 if spaced else None).encode()
    assert read_json(text) == orjson.loads(text)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (b'{"intent":"trapped","intent":"echo"}', "'intent'"),
        (b'{"params":{"text":"a: b","text":"b"}}', "'text'"),
        (b'{"a":[{"b":{}},{"b":1,"b":{"c":2}}]}', "'b'"),
        (b'{"\\u0061":1,"a":2}', "'a'"),
        (b"[" * 1000 + b'{"a":1,"a":2}' + b"]" * 1000, "a member"),
    ],
)
def test_a_member_that_stands_twice_is_refused_by_name(text, named):
    """8.4 A member that stands twice is refused."""
    with pytest.raises(Unreadable, match="twice in one object; give it once") as refused:
        read_json(text)
    assert named in str(refused.value)


@pytest.mark.parametrize("value", [b"[],", b"{},", b"1,", b'"":1,'])
def test_more_values_than_a_request_may_have_are_refused_before_they_are_parsed(value, monkeypatch):
    monkeypatch.setattr(orjson, "loads", lambda _: pytest.fail("it was parsed"))
    with pytest.raises(Unreadable, match=f"more than {MOST_VALUES} values"):
        read_json(b'{"x":[' + value * (MOST_VALUES + 1) + b"1]}")


def test_text_may_have_as_many_commas_and_brackets_as_it_likes():
    text = orjson.dumps({"text": 'a,"[{,' * MOST_VALUES})
    assert read_json(text) == orjson.loads(text)


@pytest.mark.parametrize("text", [b"", b"{", b"NaN", b'{"a":\xff}', b"[" * 100_000, b'{"a":"\n"}'])
def test_what_is_not_json_is_refused_as_such(text):
    with pytest.raises(Unreadable, match="is not JSON"):
        read_json(text)
