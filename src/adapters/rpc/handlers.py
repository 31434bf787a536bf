"""Which handler serves which RPC. A test holds this table against the descriptors."""

from aion.adapters.rpc.catalog import CatalogHandlers
from aion.adapters.rpc.pipeline import Handlers
from aion.adapters.rpc.tasks import TaskHandlers
from aion.ports.usecases import UseCases


def handlers(use_cases: UseCases) -> Handlers:
    """Every RPC of the contract."""
    tasks = TaskHandlers(use_cases)
    catalog = CatalogHandlers(use_cases)
    return Handlers(
        unary={
            "/aion.v1.AionTasks/Submit": tasks.submit,
            "/aion.v1.AionTasks/StatusById": tasks.status_by_id,
            "/aion.v1.AionTasks/Cancel": tasks.cancel,
            "/aion.v1.AionTasks/ListTasks": tasks.list_tasks,
            "/aion.v1.AionTasks/SubmitBatch": tasks.submit_batch,
            "/aion.v1.AionTasks/ExplainDecision": tasks.explain_decision,
            "/aion.v1.CatalogService/ListIntents": catalog.list_intents,
            "/aion.v1.CatalogService/ListModules": catalog.list_modules,
            "/aion.v1.ServerService/GetServerInfo": catalog.get_server_info,
        },
        stream={
            "/aion.v1.AionTasks/Stream": tasks.stream,
            "/aion.v1.AionTasks/Watch": tasks.watch,
        },
    )
