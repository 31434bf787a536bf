"""The handlers of CatalogService and ServerService: decode, call the use case, encode."""

from dataclasses import dataclass
from typing import cast

from aion.adapters.rpc.admission import MAX_REQUEST_BYTES
from aion.adapters.rpc.call import Admitted
from aion.domain.writes import IDEMPOTENCY_KEPT_FOR
from aion.ports.catalog import IntentFacts, ModuleFacts
from aion.ports.usecases import MAX_RESULT_BYTES, MAX_WAIT, UseCases
from aion.v1 import catalog_pb2, server_pb2

API_VERSION = "aion.v1"


@dataclass(frozen=True, slots=True)
class CatalogHandlers:
    """One method an RPC."""

    use_cases: UseCases

    async def list_intents(self, call: Admitted) -> catalog_pb2.ListIntentsResponse:
        """ListIntents."""
        request = cast("catalog_pb2.ListIntentsRequest", call.request)
        page = await self.use_cases.list_intents(call.caller, request.page_size, request.page_token)
        return catalog_pb2.ListIntentsResponse(
            intents=[_intent(intent) for intent in page.intents], next_page_token=page.next_page_token
        )

    async def list_modules(self, call: Admitted) -> catalog_pb2.ListModulesResponse:
        """ListModules."""
        request = cast("catalog_pb2.ListModulesRequest", call.request)
        page = await self.use_cases.list_modules(call.caller, request.page_size, request.page_token)
        return catalog_pb2.ListModulesResponse(
            modules=[_module(module) for module in page.modules], next_page_token=page.next_page_token
        )

    async def describe_module(self, call: Admitted) -> catalog_pb2.DescribeModuleResponse:
        """DescribeModule."""
        request = cast("catalog_pb2.DescribeModuleRequest", call.request)
        found = await self.use_cases.describe_module(call.caller, request.name, request.version)
        return catalog_pb2.DescribeModuleResponse(
            module=_module(found.facts),
            input_schema_json=found.input_schema_json,
            output_schema_json=found.output_schema_json,
            examples=[
                catalog_pb2.ModuleExample(
                    name=example.name, input_json=example.input_json, result_json=example.result_json
                )
                for example in found.examples
            ],
            versions=found.versions,
        )

    async def get_server_info(self, call: Admitted) -> server_pb2.GetServerInfoResponse:
        """GetServerInfo."""
        info = await self.use_cases.server_info(call.caller)
        message = server_pb2.GetServerInfoResponse(
            version=info.version,
            api_version=API_VERSION,
            engines=info.engines,
            max_request_bytes=MAX_REQUEST_BYTES,
            max_result_bytes=MAX_RESULT_BYTES,
            policy_version=info.policy_version,
        )
        message.start_time.FromDatetime(info.start_time)
        message.idempotency_retention.FromTimedelta(IDEMPOTENCY_KEPT_FOR)
        message.max_wait.FromTimedelta(MAX_WAIT)
        return message


def _intent(intent: IntentFacts) -> catalog_pb2.Intent:
    message = catalog_pb2.Intent(
        name=intent.name,
        description=intent.description,
        input_schema_json=intent.input_schema_json,
        output_schema_json=intent.output_schema_json,
        engines=intent.engines,
    )
    message.default_expiry.FromTimedelta(intent.default_expiry)
    return message


def _module(module: ModuleFacts) -> catalog_pb2.Module:
    health = catalog_pb2.MODULE_HEALTH_PREPARING if module.preparing else catalog_pb2.MODULE_HEALTH_READY
    if module.broken:
        health = catalog_pb2.MODULE_HEALTH_BROKEN
    message = catalog_pb2.Module(
        name=module.name,
        version=module.version,
        digest=module.digest,
        intents=module.intents,
        health=health,
        health_reason=module.broken or module.preparing,
        memory_bytes=module.memory_bytes,
        fuel=module.fuel,
        license=module.license,
        description=module.description,
        authors=module.authors,
        kind=catalog_pb2.ModuleKind.ValueType(module.kind),
        concurrency=module.concurrency,
        deterministic=module.deterministic,
        host_permissions=sorted(module.host_permissions),
        retries=module.retries,
    )
    message.timeout.FromTimedelta(module.timeout)
    return message
