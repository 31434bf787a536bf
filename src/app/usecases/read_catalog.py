"""Read what can be asked for, by whom, and what this server is."""

from dataclasses import dataclass, replace

from aion.app.usecases.paging import PageQuery, page_of
from aion.domain.identity import Caller, run_scope
from aion.ports.catalog import Catalog, ModuleDescription
from aion.ports.page_tokens import PageTokens
from aion.ports.usecases import IntentPage, ModulePage, ServerInfo


@dataclass(frozen=True, slots=True)
class ListIntents:
    """Only what the caller may run."""

    catalog: Catalog
    tokens: PageTokens

    async def __call__(self, caller: Caller, page_size: int, page_token: str) -> IntentPage:
        allowed = [intent for intent in self.catalog.intents() if caller.identity.may(run_scope(intent.name))]
        query = PageQuery("ListIntents", caller, page_size, page_token)
        page, token = page_of(allowed, lambda intent: intent.name, self.tokens, query)
        return IntentPage(page, token)


@dataclass(frozen=True, slots=True)
class ListModules:
    """Every installed module, broken ones with the reason."""

    catalog: Catalog
    tokens: PageTokens

    async def __call__(self, caller: Caller, page_size: int, page_token: str) -> ModulePage:
        modules = sorted(self.catalog.modules(), key=lambda module: module.engine)
        query = PageQuery("ListModules", caller, page_size, page_token)
        page, token = page_of(modules, lambda module: module.engine, self.tokens, query)
        return ModulePage(page, token)


@dataclass(frozen=True, slots=True)
class DescribeModule:
    """One module with its schemas and examples."""

    catalog: Catalog

    async def __call__(self, caller: Caller, name: str, version: str) -> ModuleDescription:
        return self.catalog.describe_module(name, version)


@dataclass(frozen=True, slots=True)
class GetServerInfo:
    """Fixed for the life of a process, but for the version of its policies where files are followed."""

    info: ServerInfo
    catalog: Catalog

    async def __call__(self, caller: Caller) -> ServerInfo:
        return replace(self.info, policy_version=self.catalog.policy_version)
