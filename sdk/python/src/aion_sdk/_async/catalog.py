"""What the server can do: intents and modules."""

from collections.abc import AsyncIterator

from aion_sdk._async.calls import AsyncCalls
from aion_sdk._wire import decode, encode, methods
from aion_sdk.catalog import Intent, Module


class AsyncIntents:
    """What this caller may ask for."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def list(self, *, page_size: int = 0) -> AsyncIterator[Intent]:
        """Iterate over the intents by name, page after page."""
        token = ""
        while True:
            request = encode.list_intents_request(page_size, token)
            intents, token = decode.intents(await self._calls.unary(methods.LIST_INTENTS, request))
            for intent in intents:
                yield intent
            if not token:
                return


class AsyncModules:
    """The installed module versions."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def list(self, *, page_size: int = 0) -> AsyncIterator[Module]:
        """Iterate over the modules by name and version, page after page."""
        token = ""
        while True:
            request = encode.list_modules_request(page_size, token)
            modules, token = decode.modules(await self._calls.unary(methods.LIST_MODULES, request))
            for module in modules:
                yield module
            if not token:
                return
