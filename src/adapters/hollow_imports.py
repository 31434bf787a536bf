"""Imports without what nobody here will use.

Some libraries import far more than the part of them that AION calls: a test client, HTTP clients, a template engine, a
printer of colours. Each costs every start of a server time, and memory for as long as it runs. What is left out here is
left out of that one import only: whoever imports it elsewhere gets it whole.
"""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def hollow(*names: str) -> Iterator[None]:
    """While the block runs, importing one of these gives a module without content, unless it was imported before.

    For libraries that another imports as a whole (`import requests`) and needs for what AION never asks of it, and for
    those that it can do without: importing a part of a hollow one raises ImportError.
    """
    hollowed = {name: ModuleType(name) for name in names if name not in sys.modules}
    sys.modules.update(hollowed)
    try:
        yield
    finally:
        for name, module in hollowed.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


def leave_unrun(*packages: str) -> None:
    """Puts packages in place without running what stands in their `__init__`, unless they were imported before.

    Their modules can then be imported one by one. Outer packages come first.
    """
    for name in packages:
        if name not in sys.modules:
            spec = importlib.util.find_spec(name)
            if spec is None:
                raise ModuleNotFoundError(f"there is no package {name}", name=name)
            sys.modules[name] = importlib.util.module_from_spec(spec)
