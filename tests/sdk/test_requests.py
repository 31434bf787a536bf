"""What a task spec takes and refuses before anything is sent; traces; the generated sync face."""

import inspect
import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

import aion_sdk
from aion_sdk import Sla, TaskSpec
from aion_sdk._tracing import traceparent
from aion_sdk.errors import ErrorDetails

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("budget", "micros"),
    [(None, None), (0, 0), ("0.25", 250_000), (0.1, 100_000), (Decimal("0.000001"), 1), (3, 3_000_000)],
)
def test_a_budget_becomes_micro_dollars_exactly(budget: Any, micros: int | None) -> None:
    assert Sla(budget_usd=budget).budget_micros == micros


@pytest.mark.parametrize("budget", ["0.0000001", -1, float("nan"), float("inf"), "much"])
def test_a_budget_that_is_no_amount_of_money_is_refused(budget: Any) -> None:
    with pytest.raises(ValueError, match="budget_usd"):
        TaskSpec.of("summarize", budget_usd=budget)


@pytest.mark.parametrize("wrong", [1.5, float("nan"), -1, "500"])
def test_a_latency_that_is_no_whole_number_is_refused_by_name(wrong: Any) -> None:
    with pytest.raises(ValueError, match="p95_ms must be a whole number"):
        TaskSpec.of("summarize", p95_ms=wrong)


def test_input_is_given_one_way_only() -> None:
    with pytest.raises(ValueError, match="not both"):
        TaskSpec.of("summarize", {"a": "b"}, params_json={"a": 1})
    with pytest.raises(ValueError, match="twice"):
        TaskSpec.of("summarize", {"text": "a"}, text="b")
    with pytest.raises(TypeError, match="params_json takes typed input"):
        TaskSpec.of("summarize", {"sentences": 3})  # type: ignore[dict-item]


def test_an_option_that_there_is_not_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(TypeError, match="no option 'budgt_usd'; did you mean 'budget_usd'"):
        TaskSpec.of("summarize", budgt_usd=0)  # type: ignore[call-arg]
    with aion_sdk.Client("127.0.0.1:1", environ={}) as client:
        for method in (client.tasks.submit, client.tasks.run, client.tasks.stream):
            with pytest.raises(TypeError, match="did you mean 'preferred_engine'"):
                method("summarize", text="a", prefer="x")  # type: ignore[operator]
            with pytest.raises(TypeError, match="did you mean 'timeout'"):
                method(TaskSpec.of("summarize"), timeuot=1)  # type: ignore[operator]
        with pytest.raises(TypeError, match="did you mean 'max_retries'"):
            client.with_options(max_retrys=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="did you mean 'api_key'"):
        aion_sdk.Client("127.0.0.1:1", environ={}, apikey="x")  # type: ignore[call-arg]


def test_what_is_of_another_kind_is_refused_by_name_before_anything_is_sent() -> None:
    with aion_sdk.Client("127.0.0.1:1", environ={}) as client:
        with pytest.raises(TypeError, match="timeout must be a number of seconds, not '5'"):
            client.tasks.get("t1", timeout="5")  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="a task is a TaskSpec"):
            client.tasks.batch([("summarize", "a")])  # type: ignore[list-item]
        with pytest.raises(ValueError, match="'DONE' is no TaskState; there are PENDING, RUNNING, OK"):
            client.tasks.list(states=["DONE"])
    with pytest.raises(TypeError, match="timeout must be a number of seconds"):
        aion_sdk.Client("127.0.0.1:1", environ={}, timeout="5")  # type: ignore[arg-type]


def test_an_error_says_nothing_twice() -> None:
    def error(*violations: aion_sdk.Violation) -> aion_sdk.AionError:
        return aion_sdk.InvalidRequest("send less: at most 3 bytes", ErrorDetails(violations=violations))

    assert str(error(aion_sdk.Violation("text", "at most 3 bytes"))) == "send less: at most 3 bytes"
    assert str(error(aion_sdk.Violation("", "and no more"))) == "send less: at most 3 bytes (and no more)"
    assert str(error(aion_sdk.Violation("text", "too long"))) == "send less: at most 3 bytes (text: too long)"


def test_a_promise_is_given_one_way_only() -> None:
    assert TaskSpec.of("summarize", p95_ms=10).sla == Sla(p95_ms=10)
    with pytest.raises(ValueError, match="not both"):
        TaskSpec.of("summarize", sla=Sla(p95_ms=1), privacy="hybrid")


def test_an_expire_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        TaskSpec.of("summarize", expire_time=datetime(2100, 1, 1))  # noqa: DTZ001 - that is the point


def test_every_task_has_a_request_id_of_its_own() -> None:
    assert TaskSpec.of("summarize").request_id != TaskSpec.of("summarize").request_id != ""
    assert TaskSpec.of("summarize", request_id="mine").request_id == "mine"


def test_a_call_belongs_to_the_current_span() -> None:
    span = NonRecordingSpan(SpanContext(0xA, 0xB, is_remote=False, trace_flags=TraceFlags(1)))
    with trace.use_span(span):
        assert traceparent() == f"00-{0xA:032x}-{0xB:016x}-01"
        assert traceparent("00-given") == "00-given"
    new = traceparent().split("-")
    assert [len(part) for part in new] == [2, 32, 16, 2]


def test_the_sync_face_is_what_the_async_one_gives() -> None:
    script = ROOT / "sdk/python/sync_face.py"
    done = subprocess.run([sys.executable, str(script), "--check"], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["Client", "TaskStream"])
def test_both_faces_have_the_same_methods(name: str) -> None:
    def public(kind: type) -> dict[str, list[str]]:
        functions = inspect.getmembers(kind, inspect.isfunction)
        return {n: list(inspect.signature(f).parameters) for n, f in functions if not n.startswith("_")}

    found = public(getattr(aion_sdk, name))
    assert found == public(getattr(aion_sdk, f"Async{name}"))
    assert "close" in found


def test_a_text_is_the_fold_of_tokens_and_resets() -> None:
    def event(offset: int, kind: str, text: str = "", discard_from: int = 0) -> aion_sdk.Event:
        return aion_sdk.Event(offset, aion_sdk.EventKind(kind), 1, text, "", discard_from, None)

    log = [event(1, "TOKEN", "a"), event(2, "TOKEN", "b"), event(3, "RESET", discard_from=2), event(4, "TOKEN", "c")]
    assert aion_sdk.text_of(log) == "ac"
