"""W3C Trace Context: what is read, what is written, which traces are recorded."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aion.adapters.telemetry import traceparent as w3c

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"


@pytest.mark.parametrize(("flags", "sampled"), [("00", False), ("01", True), ("02", False), ("03", True)])
def test_a_header_is_read(flags, sampled):
    assert w3c.parse(f"00-{TRACE}-{SPAN}-{flags}") == w3c.TraceContext(TRACE, SPAN, sampled)


def test_a_later_version_may_go_on():
    assert w3c.parse(f"cc-{TRACE}-{SPAN}-01-what-the-future") == w3c.TraceContext(TRACE, SPAN, sampled=True)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "00",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[1:]}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-1",
        f" 00-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\n",
        f"cc-{TRACE}-{SPAN}-01.what",
    ],
)
def test_what_is_not_well_formed_counts_as_absent(header):
    assert w3c.parse(header) is None


@given(st.binary(min_size=24, max_size=24), st.floats(0, 1))
def test_what_is_written_is_read_back(random, ratio):
    context = w3c.new(random, ratio)
    assert len(context.header) == 55
    if any(random[:16]) and any(random[16:]):
        assert w3c.parse(context.header) == context


def test_no_trace_or_every_trace_can_be_recorded():
    for random in (bytes(24), b"\xff" * 24, os.urandom(24)):
        assert not w3c.new(random, 0).sampled
        assert w3c.new(random, 1).sampled


def test_about_the_given_share_is_recorded_and_the_trace_id_alone_decides():
    randoms = [((number * 0x9E3779B97F4A7C15) % (1 << 64)).to_bytes(8, "big") for number in range(10_000)]
    recorded = sum(w3c.new(random * 2 + random, 0.2).sampled for random in randoms)
    assert 1_900 < recorded < 2_100
    for random in randoms[:100]:
        assert w3c.new(random * 2 + b"one span", 0.2).sampled is w3c.new(random * 2 + b"another.", 0.2).sampled
