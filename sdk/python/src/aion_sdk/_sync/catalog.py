# Written by sdk/python/sync_face.py from aion_sdk/_async/catalog.py. DO NOT EDIT!
"""What the server can do: intents and modules."""

from aion_sdk._contract import methods
from aion_sdk._sync.calls import Calls
from aion_sdk._sync.pages import Pages
from aion_sdk._wire import decode, encode
from aion_sdk.catalog import Intent, Module, ModuleDescription
from aion_sdk.paging import Page


class Catalog:
    """What can be asked for, and what serves it."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def intents(self, *, page_size: int = 0) -> Pages[Intent]:
        """Iterate over the intents that this caller may run, by name."""

        def fetch(page_token: str) -> Page[Intent]:
            request = encode.list_intents_request(page_size, page_token)
            return decode.intents(self._calls.unary(methods.LIST_INTENTS, request))

        return Pages(fetch)

    def modules(self, *, page_size: int = 0) -> Pages[Module]:
        """Iterate over the installed module versions, by name and version."""

        def fetch(page_token: str) -> Page[Module]:
            request = encode.list_modules_request(page_size, page_token)
            return decode.modules(self._calls.unary(methods.LIST_MODULES, request))

        return Pages(fetch)

    def module(self, name: str, version: str = "") -> ModuleDescription:
        """Read everything about one module: facts, schemas, examples, versions. Raises NotFound.

        `version` is one such as `1.2.0`, a range such as `^1.2`, or the digest of its bytes; a range means the newest
        of its versions that can run, empty the newest of all.
        """
        return decode.module_description(
            self._calls.unary(methods.DESCRIBE_MODULE, encode.describe_module_request(name, version))
        )
