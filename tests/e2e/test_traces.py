"""One trace from the client's call through the queue into the engine, as a collector receives it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from grpc import aio
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from aion_sdk import AsyncClient
from tests.e2e.processes import issue_key, new_tenant, running

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
CLIENT_SPAN_ID = "00f067aa0ba902b7"


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """Keeps every span that is exported to it."""

    def __init__(self) -> None:
        self.address = ""
        self.spans: list[Span] = []

    async def Export(self, request, context):  # noqa: N802 - the name in the protocol
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                self.spans.extend(scope.spans)
        return trace_service_pb2.ExportTraceServiceResponse()


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    collector = Collector()
    server = aio.server()
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(collector, server)
    collector.address = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    yield collector
    await server.stop(None)


async def test_call_attempt_engine_and_settle_are_one_trace_below_the_clients_span(
    collector: Collector, tmp_path: Path, catalogue: tuple[Path, Path]
) -> None:
    with contextlib.ExitStack() as stack:
        # The collector answers in this event loop, so whatever waits for the server does so in a thread.
        starting = running(tmp_path, *catalogue, AION_OTLP_ENDPOINT=collector.address)
        server = await asyncio.to_thread(stack.enter_context, starting)
        key = issue_key(server.data, new_tenant(), "tester")[1]
        async with AsyncClient(server.grpc, api_key=key, traceparent=f"00-{TRACE_ID}-{CLIENT_SPAN_ID}-01") as client:
            task = await client.tasks.run("echo", {"text": "traced"})
        assert task.status == "OK"
        await asyncio.to_thread(stack.close)

    ours = {span.name: span for span in collector.spans if span.trace_id.hex() == TRACE_ID}
    call = ours["/aion.v1.AionTasks/Submit"]
    assert call.parent_span_id.hex() == CLIENT_SPAN_ID
    assert ours["attempt"].parent_span_id == call.span_id
    assert ours["engine"].parent_span_id == ours["attempt"].span_id
    assert ours["settle"].parent_span_id == ours["attempt"].span_id
