# Written by sdk/python/sync_face.py from aion_sdk/_async/catalog.py. DO NOT EDIT!
"""What the server can do: intents and modules."""

from collections.abc import Iterator

from aion_sdk._sync.calls import Calls
from aion_sdk._wire import decode, encode, methods
from aion_sdk.catalog import Intent, Module


class Intents:
    """What this caller may ask for."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def list(self, *, page_size: int = 0) -> Iterator[Intent]:
        """Iterate over the intents by name, page after page."""
        token = ""
        while True:
            request = encode.list_intents_request(page_size, token)
            intents, token = decode.intents(self._calls.unary(methods.LIST_INTENTS, request))
            yield from intents
            if not token:
                return


class Modules:
    """The installed module versions."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def list(self, *, page_size: int = 0) -> Iterator[Module]:
        """Iterate over the modules by name and version, page after page."""
        token = ""
        while True:
            request = encode.list_modules_request(page_size, token)
            modules, token = decode.modules(self._calls.unary(methods.LIST_MODULES, request))
            yield from modules
            if not token:
                return
