"""Every call of the client: what it sends and what it makes of the answer, in both colours."""

from datetime import UTC, datetime, timedelta

import pytest
from grpc import StatusCode as Code

import aion_sdk
from aion.v1 import catalog_pb2, decisions_pb2, server_pb2, tasks_pb2
from aion_sdk import TaskSpec, TaskState
from tests.sdk.conftest import Face
from tests.sdk.double import Double, answer, refuse, status, task, watch_from_the_log

LATER = datetime(2100, 1, 1, tzinfo=UTC)


async def test_submit_sends_the_whole_promise(face: Face, double: Double) -> None:
    double.script("Submit", answer(task("PENDING")))
    got = await face.do(
        face.client.tasks.submit,
        "summarize",
        {"language": "en"},
        text="long",
        wait=1.5,
        task_id="t1",
        request_id="r1",
        budget_usd="0.25",
        p95_ms=500,
        privacy="local-only",
        priority="high",
        metadata={"team": "a"},
        expire_time=LATER,
        preferred_engine="module:summarize@1.0.0",
    )
    assert got.state is TaskState.PENDING
    expected = tasks_pb2.TaskRequest(
        intent="summarize",
        params={"language": "en", "text": "long"},
        task_id="t1",
        request_id="r1",
        sla=tasks_pb2.SLA(p95_ms=500, privacy="local-only", budget_micros=250_000),
        priority="high",
        metadata={"team": "a"},
        preferred_engine="module:summarize@1.0.0",
    )
    expected.expire_time.FromDatetime(LATER)
    expected.wait.FromTimedelta(timedelta(seconds=1.5))
    assert double.seen[0].request == expected


async def test_typed_input_goes_as_one_json_object(face: Face, double: Double) -> None:
    double.script("Submit", answer(task("PENDING")))
    await face.do(face.client.tasks.submit, "summarize", params_json={"sentences": 3})
    assert double.seen[0].request.params_json == '{"sentences": 3}'


async def test_a_call_carries_key_trace_and_request_id(face: Face, double: Double) -> None:
    double.script("StatusById", answer(task()))
    trace = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    await face.do(face.client.with_options(traceparent=trace).tasks.get, "t1")
    sent = double.seen[0].metadata
    assert sent["authorization"] == "Bearer aion_key"
    assert sent["traceparent"] == trace
    assert len(sent["x-request-id"]) == 36
    assert sent["user-agent"].startswith("aion-tasks-sdk/")


async def test_run_returns_the_ended_task_of_a_submit_that_waited(face: Face, double: Double) -> None:
    double.script("Submit", answer(task("OK")))
    done = await face.do(face.client.tasks.run, "summarize", text="long")
    assert done.raise_for_status().result == {"summary": "short"}
    assert double.seen[0].request.wait.seconds == 30


async def test_run_watches_a_task_that_takes_longer(face: Face, double: Double) -> None:
    double.script("Submit", answer(task("RUNNING", last_offset=2)))
    double.script("Watch", watch_from_the_log)
    done = await face.do(face.client.tasks.run, "summarize", text="long")
    assert done.result == {"summary": "short"}
    assert double.calls("Watch")[0].request.after_offset == 2


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("ERROR", aion_sdk.TaskFailed),
        ("TIMEOUT", aion_sdk.TaskTimedOut),
        ("CANCELED", aion_sdk.TaskCanceled),
    ],
)
async def test_a_failed_task_raises_only_when_asked_to(
    face: Face, double: Double, state: str, kind: type[aion_sdk.TaskFailed]
) -> None:
    double.script("Submit", answer(task(state, error={"code": "WHY", "message": "because"})))
    done = await face.do(face.client.tasks.run, "summarize", text="long")
    with pytest.raises(kind, match="because") as caught:
        done.raise_for_status()
    assert type(caught.value) is kind
    assert caught.value.task is done
    assert caught.value.reason == "WHY"


async def test_list_follows_the_page_tokens_until_the_last(face: Face, double: Double) -> None:
    first = tasks_pb2.ListTasksResponse(tasks=[task(task_id="a"), task(task_id="b")], next_page_token="more")
    double.script("ListTasks", answer(first), answer(tasks_pb2.ListTasksResponse(tasks=[task(task_id="c")])))
    listed = await face.all_of(face.client.tasks.list(states=["OK"], intent="summarize", page_size=2))
    assert [item.task_id for item in listed] == ["a", "b", "c"]
    requests = [call.request for call in double.seen]
    assert [request.page_token for request in requests] == ["", "more"]
    assert all(request.states == [3] and request.intent == "summarize" for request in requests)


async def test_list_stops_at_its_limit_without_another_page(face: Face, double: Double) -> None:
    page = tasks_pb2.ListTasksResponse(tasks=[task(task_id="a"), task(task_id="b")], next_page_token="more")
    double.script("ListTasks", answer(page))
    assert len(await face.all_of(face.client.tasks.list(limit=2))) == 2
    assert len(double.seen) == 1


async def test_cancel_sends_a_request_id_and_returns_the_task(face: Face, double: Double) -> None:
    double.script("Cancel", answer(tasks_pb2.CancelResponse(task=task("RUNNING", cancel_requested=True))))
    told = await face.do(face.client.tasks.cancel, "t1")
    assert told.cancel_requested
    assert double.seen[0].request.request_id


async def test_explain_returns_every_candidate_with_its_refusals(face: Face, double: Double) -> None:
    decision = decisions_pb2.Decision(
        engine="module:summarize@1.0.0",
        chosen_by="ai-router",
        candidates=[
            decisions_pb2.Candidate(engine="module:summarize@1.0.0", eligible=True, rank=1, score=0.5),
            decisions_pb2.Candidate(engine="model:x", refusals=[decisions_pb2.Refusal(reason=6, message="install it")]),
        ],
    )
    double.script("ExplainDecision", answer(tasks_pb2.ExplainDecisionResponse(decision=decision)))
    told = await face.do(face.client.tasks.explain, "t1")
    assert [candidate.rank for candidate in told.candidates] == [1, 0]
    refusal = told.candidates[1].refusals[0]
    assert (refusal.reason, refusal.message) == (aion_sdk.RefusalReason.ENGINE_NOT_INSTALLED, "install it")


async def test_a_batch_has_an_outcome_for_every_request(face: Face, double: Double) -> None:
    refused = status(Code.INVALID_ARGUMENT, "INPUT_SCHEMA_VIOLATION", "no text", violations={"params.text": "give it"})
    outcomes = [tasks_pb2.BatchOutcome(task=task("PENDING")), tasks_pb2.BatchOutcome(error=refused)]
    double.script("SubmitBatch", answer(tasks_pb2.SubmitBatchResponse(outcomes=outcomes)))
    specs = [TaskSpec.of("summarize", text="long"), TaskSpec("summarize")]
    good, bad = await face.do(face.client.tasks.batch, specs)
    assert good.task.task_id == "t1"
    assert good.error is None
    assert isinstance(bad.error, aion_sdk.InvalidRequest)
    assert bad.error.violations[0].field == "params.text"
    assert len({item.request_id for item in double.seen[0].request.requests}) == 2


async def test_intents_modules_and_server_are_read(face: Face, double: Double) -> None:
    intent = catalog_pb2.Intent(name="summarize", input_schema_json='{"type":"object"}', engines=["wasm"])
    module = catalog_pb2.Module(name="summarize", version="1.0.0", health=1)
    module.timeout.FromTimedelta(timedelta(seconds=2))
    more = catalog_pb2.ListIntentsResponse(intents=[intent], next_page_token="more")
    double.script("ListIntents", answer(more), answer(catalog_pb2.ListIntentsResponse(intents=[intent])))
    double.script("ListModules", answer(catalog_pb2.ListModulesResponse(modules=[module])))
    double.script("GetServerInfo", answer(server_pb2.GetServerInfoResponse(version="0.1.0", engines=["wasm"])))
    intents = await face.all_of(face.client.catalog.intents())
    assert [item.input_schema for item in intents] == [{"type": "object"}] * 2
    (only,) = await face.all_of(face.client.catalog.modules())
    assert (only.health, only.timeout) == (aion_sdk.ModuleHealth.READY, timedelta(seconds=2))
    assert (await face.do(face.client.server.info)).version == "0.1.0"


async def test_a_module_is_described(face: Face, double: Double) -> None:
    module = catalog_pb2.Module(name="summarize", version="1.2.0", kind=2, deterministic=True, retries=3)
    example = catalog_pb2.ModuleExample(name="short", input_json='{"text":"a"}')
    described = catalog_pb2.DescribeModuleResponse(
        module=module, input_schema_json='{"type":"object"}', examples=[example], versions=["1.2.0", "1.0.0"]
    )
    double.script("DescribeModule", answer(described), refuse(Code.NOT_FOUND, "MODULE_NOT_FOUND", "there is none"))
    got = await face.do(face.client.catalog.module, "summarize", "^1.2")
    assert (double.seen[0].request.name, double.seen[0].request.version) == ("summarize", "^1.2")
    assert (got.module.kind, got.module.deterministic, got.module.retries) == (aion_sdk.ModuleKind.COMPONENT, True, 3)
    assert (got.input_schema, got.output_schema, got.versions) == ({"type": "object"}, None, ("1.2.0", "1.0.0"))
    assert [(one.name, one.input, one.result) for one in got.examples] == [("short", {"text": "a"}, None)]
    with pytest.raises(aion_sdk.NotFound) as caught:
        await face.do(face.client.catalog.module, "sumarize")
    assert caught.value.reason == aion_sdk.ErrorReason.MODULE_NOT_FOUND


async def test_the_digest_and_the_weight_of_a_decision_are_read(face: Face, double: Double) -> None:
    candidates = [{"engine": "module:a@1.0.0", "digest": "sha256:aa", "weight": 0}, {"engine": "model:b"}]
    decision = decisions_pb2.Decision(engine_digest="sha256:aa", digest_pinned=True, candidates=candidates)
    attempts = [{"number": 1, "digest": "sha256:aa"}]
    double.script("StatusById", answer(tasks_pb2.TaskResult(task_id="t1", decision=decision, attempts=attempts)))
    got = await face.do(face.client.tasks.get, "t1")
    assert (got.decision.engine_digest, got.decision.digest_pinned) == ("sha256:aa", True)
    assert [(one.digest, one.weight) for one in got.decision.candidates] == [("sha256:aa", 0), ("", None)]
    assert got.attempts[0].digest == "sha256:aa"


async def test_what_a_newer_server_says_reads_as_unknown(face: Face, double: Double) -> None:
    double.script("StatusById", answer(tasks_pb2.TaskResult(task_id="t1", state=99)))
    got = await face.do(face.client.tasks.get, "t1")
    assert got.state is TaskState.UNKNOWN
    assert not got.ended


async def test_a_closed_client_says_so(face: Face, double: Double) -> None:
    double.script("StatusById", answer(task()))
    await face.do(face.client.tasks.get, "t1")
    await face.do(face.client.close)
    with pytest.raises(aion_sdk.ConfigurationError, match="client is closed"):
        await face.do(face.client.tasks.get, "t1")


@pytest.mark.parametrize("wrong", [1.5, float("nan"), -1])
async def test_numbers_that_count_nothing_are_refused_by_name(face: Face, double: Double, wrong: float) -> None:
    with pytest.raises(ValueError, match="limit must be"):
        face.client.tasks.list(limit=wrong)
    with pytest.raises(ValueError, match="after_offset must be"):
        face.client.tasks.watch("t1", after_offset=wrong)
    with pytest.raises(ValueError, match="page_size must be"):
        await face.all_of(face.client.tasks.list(page_size=wrong))
    assert double.seen == []
