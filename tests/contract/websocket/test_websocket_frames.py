"""A client's frame is understood, or refused with a sentence: nothing else can come of it."""

import orjson
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aion.adapters.transports.websocket.frames import BadFrame, Kind, parse

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=8),
    lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(st.text(max_size=8), deeper, max_size=3),
    max_leaves=8,
)
NEARLY = st.fixed_dictionaries(
    {"type": st.sampled_from(["submit", "subscribe", "cancel", "unsubscribe", "ping", "auth", "x"]) | JSON},
    optional={
        "id": st.sampled_from(["a", "b"]) | JSON,
        "task_id": JSON,
        "after_offset": JSON,
        "request": st.just({"intent": "echo"}) | JSON,
        "subscribe": JSON,
        "token": JSON,
        "traceparent": JSON,
    },
)


@given(text=st.text(max_size=50) | (JSON | NEARLY).map(lambda value: orjson.dumps(value).decode()))
@example(text='{"type":"ping"}')
@settings(max_examples=150)
def test_a_frame_is_understood_or_refused_whatever_it_is(text):
    try:
        frame = parse(text)
    except BadFrame as bad:
        refused: BadFrame | None = bad
    else:
        refused = None
        assert frame.call_id or frame.kind in (Kind.PING, Kind.AUTH)
    assert refused is None or (refused.error.reason == "MALFORMED_REQUEST" and refused.error.message)
