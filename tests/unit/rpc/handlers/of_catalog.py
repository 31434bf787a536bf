"""What is asked of the catalogue, of the server and for tickets, with every field set."""

from datetime import timedelta

from aion.ports.catalog import IntentFacts, ModuleDescription, ModuleExample, ModuleFacts, ModuleKind
from aion.ports.usecases import IntentPage, ModulePage, ServerInfo, Ticket, TicketWish
from aion.v1 import catalog_pb2, server_pb2, tickets_pb2
from tests.unit.rpc.handlers.exchange import Exchange, span, stamp, time

INTENT = IntentFacts(
    name="summarize",
    description="Makes a text short.",
    input_schema_json='{"title":"input"}',
    output_schema_json='{"title":"output"}',
    engines=("module:summarize@1.2.0", "model:gpt"),
    default_expiry=timedelta(minutes=3),
    pinned_engine="model:gpt",
)
INTENT_SHOWN = catalog_pb2.Intent(
    name="summarize",
    description="Makes a text short.",
    input_schema_json='{"title":"input"}',
    output_schema_json='{"title":"output"}',
    engines=["module:summarize@1.2.0", "model:gpt"],
    default_expiry=span(180_000),
)
MODULE = ModuleFacts(
    name="summarizer",
    version="1.2.0",
    digest="sha256:00",
    intents=("summarize", "shorten"),
    license="Apache-2.0",
    timeout=timedelta(milliseconds=1500),
    retries=4,
    memory_bytes=1 << 28,
    fuel=5_000_000_000,
    description="Takes the first sentence.",
    authors=("Ada", "Grace"),
    kind=ModuleKind.COMPONENT,
    concurrency=6,
    deterministic=True,
    host_permissions=frozenset({"random", "clock"}),
    broken="its digest is another one",
)
MODULE_SHOWN = catalog_pb2.Module(
    name="summarizer",
    version="1.2.0",
    digest="sha256:00",
    intents=["summarize", "shorten"],
    license="Apache-2.0",
    timeout=span(1500),
    retries=4,
    memory_bytes=1 << 28,
    fuel=5_000_000_000,
    description="Takes the first sentence.",
    authors=["Ada", "Grace"],
    kind=catalog_pb2.MODULE_KIND_COMPONENT,
    concurrency=6,
    deterministic=True,
    host_permissions=["clock", "random"],
    health=catalog_pb2.MODULE_HEALTH_BROKEN,
    health_reason="its digest is another one",
)

EXCHANGES = [
    Exchange(
        path="/aion.v1.CatalogService/ListIntents",
        request=catalog_pb2.ListIntentsRequest(page_size=3, page_token="this page"),
        use_case="list_intents",
        asked=(3, "this page"),
        found=IntentPage([INTENT], "the next page"),
        answer=catalog_pb2.ListIntentsResponse(intents=[INTENT_SHOWN], next_page_token="the next page"),
    ),
    Exchange(
        path="/aion.v1.CatalogService/ListModules",
        request=catalog_pb2.ListModulesRequest(page_size=3, page_token="this page"),
        use_case="list_modules",
        asked=(3, "this page"),
        found=ModulePage([MODULE], "the next page"),
        answer=catalog_pb2.ListModulesResponse(modules=[MODULE_SHOWN], next_page_token="the next page"),
    ),
    Exchange(
        path="/aion.v1.CatalogService/DescribeModule",
        request=catalog_pb2.DescribeModuleRequest(name="summarizer", version="^1.2"),
        use_case="describe_module",
        asked=("summarizer", "^1.2"),
        found=ModuleDescription(
            facts=MODULE,
            input_schema_json='{"title":"input"}',
            output_schema_json='{"title":"output"}',
            examples=(
                ModuleExample("letter", '{"text":"One. Two."}', '{"summary":"One."}'),
                ModuleExample("bare", "{}"),
            ),
            versions=("1.2.0", "1.1.0"),
        ),
        answer=catalog_pb2.DescribeModuleResponse(
            module=MODULE_SHOWN,
            input_schema_json='{"title":"input"}',
            output_schema_json='{"title":"output"}',
            examples=[
                {"name": "letter", "input_json": '{"text":"One. Two."}', "result_json": '{"summary":"One."}'},
                {"name": "bare", "input_json": "{}"},
            ],
            versions=["1.2.0", "1.1.0"],
        ),
    ),
    Exchange(
        path="/aion.v1.ServerService/GetServerInfo",
        request=server_pb2.GetServerInfoRequest(),
        use_case="server_info",
        asked=(),
        found=ServerInfo("0.2.0", time(1), ("wasm", "openai"), "sha256:policy"),
        answer=server_pb2.GetServerInfoResponse(
            version="0.2.0",
            api_version="aion.v1",
            start_time=stamp(1),
            engines=["wasm", "openai"],
            max_request_bytes=4 * 1024 * 1024,
            max_result_bytes=1024 * 1024,
            idempotency_retention={"seconds": 24 * 3600},
            max_wait={"seconds": 60},
            policy_version="sha256:policy",
        ),
    ),
    Exchange(
        path="/aion.v1.TicketService/CreateTicket",
        request=tickets_pb2.CreateTicketRequest(
            task_id="t-9", scopes=["tasks:read", "intent:*:run"], lifetime=span(30_000)
        ),
        use_case="create_ticket",
        asked=(TicketWish(("tasks:read", "intent:*:run"), "t-9", timedelta(seconds=30)),),
        found=Ticket("aion_ticket_secret", time(2)),
        answer=tickets_pb2.CreateTicketResponse(ticket="aion_ticket_secret", expire_time=stamp(2)),
    ),
]
