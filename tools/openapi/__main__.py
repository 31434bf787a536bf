"""Answers one plugin request: a document `PACKAGE.yaml` for each package that REST serves.

Options: title=..., version=..., reasons=FULL.NAME of the enum of error reasons.
"""

import sys
from collections import defaultdict

from google.protobuf.compiler import plugin_pb2
from google.protobuf.descriptor import FileDescriptor

from tools.openapi.contract import Contract, ContractUnfit
from tools.openapi.document import Title, as_yaml, document


def generate(request: plugin_pb2.CodeGeneratorRequest) -> dict[str, str]:
    """Return the documents by file name."""
    said = dict(option.split("=", 1) for option in request.parameter.split(",") if "=" in option)
    if missing := {"title", "version", "reasons"} - said.keys():
        raise ContractUnfit(f"buf.gen.yaml must give the plugin {', '.join(sorted(missing))}")
    contract = Contract(request.proto_file)
    packages: dict[str, list[FileDescriptor]] = defaultdict(list)
    for name in sorted(request.file_to_generate):
        file = contract.file(name)
        if any(list(contract.bindings(rpc)) for service in file.services_by_name.values() for rpc in service.methods):
            packages[file.package].append(file)
    title = Title(said["title"], said["version"], said["reasons"])
    return {f"{package}.yaml": as_yaml(document(contract, files, title)) for package, files in sorted(packages.items())}


def main() -> None:
    """Read the request from stdin, write the response to stdout."""
    request = plugin_pb2.CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
    response = plugin_pb2.CodeGeneratorResponse(
        supported_features=plugin_pb2.CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL
    )
    try:
        for name, content in generate(request).items():
            response.file.add(name=name, content=content)
    except ContractUnfit as unfit:
        response.error = str(unfit)
    sys.stdout.buffer.write(response.SerializeToString())


if __name__ == "__main__":
    main()
