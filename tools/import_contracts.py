"""An import-linter contract for the inner rings: a closed list of what may be imported, everything else is
refused.

import-linter's own contracts forbid what they name; the domain must refuse what nobody has thought of yet.
"""

import sys

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class ImportsOnlyContract(Contract):
    """Modules below `sources` import the standard library, themselves and what is below `allowed`."""

    type_name = "imports_only"
    sources = fields.ListField(subfield=fields.StringField())
    allowed = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Collect every direct import that the list does not allow."""
        sources: list[str] = list(self.sources)  # type: ignore[call-overload]  # a field becomes its value
        inside: list[str] = [*sources, *self.allowed]  # type: ignore[misc]  # ditto
        strangers: list[tuple[str, str]] = []
        for module in sorted(graph.modules):
            if below(module, sources):
                strangers += [
                    (module, imported)
                    for imported in sorted(graph.find_modules_directly_imported_by(module))
                    if not below(imported, inside) and imported.partition(".")[0] not in sys.stdlib_module_names
                ]
        return ContractCheck(kept=not strangers, metadata={"strangers": strangers})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name importer and imported."""
        for module, imported in check.metadata["strangers"]:
            output.print_error(f"{module} is not allowed to import {imported}")


def below(module: str, packages: list[str]) -> bool:
    """Return whether the module is one of the packages or inside one."""
    return any(module == package or module.startswith(package + ".") for package in packages)
