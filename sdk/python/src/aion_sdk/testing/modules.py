"""The fake's modules: each scripted intent is served by one of its name and of one version, from object to object."""

import hashlib
import re
from collections.abc import Mapping
from datetime import timedelta

from aion_sdk._gen.aion import v1
from aion_sdk.testing.refusals import RefusedCall
from aion_sdk.testing.scripts import Script
from aion_sdk.testing.store import cut

VERSION = "1.0.0"
EXACT = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+([-+].*)?")
_SCHEMA = '{"type": "object"}'


class FakeModules:
    """What ListModules and DescribeModule answer."""

    def __init__(self, scripts: Mapping[str, Script]) -> None:
        self._scripts = scripts

    def page(self, request: v1.ListModulesRequest) -> v1.ListModulesResponse:
        """A page of the modules, by name."""
        found = [_module(name) for name in sorted(self._scripts)]
        items, token = cut(found, request.page_size, request.page_token)
        return v1.ListModulesResponse(modules=items, next_page_token=token)

    def describe(self, request: v1.DescribeModuleRequest) -> v1.DescribeModuleResponse:
        """One of them. Raises RefusedCall for one that is not scripted, and for an exact version that it has not.

        Ranges are not looked into: each holds the one version that there is.
        """
        known = sorted(self._scripts)
        if request.name not in self._scripts:
            raise RefusedCall("MODULE_NOT_FOUND", f"there is no module {request.name}; there are {', '.join(known)}")
        module = _module(request.name)
        one = EXACT.fullmatch(request.version) or request.version.startswith("sha256:")
        if one and request.version not in (VERSION, module.digest):
            words = f"no installed version of {request.name} is {request.version}; there are {VERSION}"
            raise RefusedCall("MODULE_NOT_FOUND", words)
        return v1.DescribeModuleResponse(
            module=module, input_schema_json=_SCHEMA, output_schema_json=_SCHEMA, versions=[VERSION]
        )


def _module(name: str) -> v1.Module:
    return v1.Module(
        name=name,
        version=VERSION,
        digest=f"sha256:{hashlib.sha256(name.encode()).hexdigest()}",
        intents=[name],
        health=v1.ModuleHealth.READY,
        timeout=timedelta(seconds=1),
        memory_bytes=64 * 1024 * 1024,
        license="Apache-2.0",
        description="scripted",
        kind=v1.ModuleKind.CORE,
    )
