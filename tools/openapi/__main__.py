"""Answers one plugin request: a document `PACKAGE.yaml` for each package that REST serves.

Options: title=..., version=..., reasons=FULL.NAME of the enum of error reasons; first=FULL.NAME of the service that
comes before the others, if any; examples=FILE with bodies to try, by RPC, if there are some.
"""

from collections import defaultdict
from pathlib import Path

import yaml
from google.protobuf.compiler import plugin_pb2
from google.protobuf.descriptor import FileDescriptor

from tools.openapi.contract import Contract, ContractUnfit
from tools.openapi.document import Title, as_yaml, document
from tools.plugins.answering import answer


def generate(request: plugin_pb2.CodeGeneratorRequest) -> dict[str, str]:
    """Return the documents by file name."""
    said = dict(option.split("=", 1) for option in request.parameter.split(",") if "=" in option)
    if missing := {"title", "version", "reasons"} - said.keys():
        raise ContractUnfit(f"buf.gen.yaml must give the plugin {', '.join(sorted(missing))}")
    contract = Contract(request.proto_file)
    packages: dict[str, list[FileDescriptor]] = defaultdict(list)
    files = [contract.file(name) for name in sorted(request.file_to_generate)]
    first = said.get("first", "")
    # The rest keeps its order: `sort` is stable.
    files.sort(key=lambda file: first not in [service.full_name for service in file.services_by_name.values()])
    for file in files:
        if any(list(contract.bindings(rpc)) for service in file.services_by_name.values() for rpc in service.methods):
            packages[file.package].append(file)
    title = Title(said["title"], said["version"], said["reasons"])
    examples = yaml.safe_load(Path(said["examples"]).read_text()) if "examples" in said else {}
    return {
        f"{package}.yaml": as_yaml(document(contract, of_package, title, examples))
        for package, of_package in sorted(packages.items())
    }


if __name__ == "__main__":
    answer(generate, ContractUnfit)
