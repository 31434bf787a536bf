"""The protoc plugin that writes the server's messages and stubs, typed, as modules of one package, such as `aion.v1`:
its option `package`.

It runs four generators over one request: protoc's own for messages and for gRPC, and mypy-protobuf's for the
types of both. They would write to aion/v1/; since src/ is the package `aion`, the plugin drops that prefix.
And they would import `buf.validate`, a top-level package that nobody installs; the plugin names
`aion.contract` instead.
"""

import subprocess
import tempfile
from pathlib import Path

from google.protobuf import descriptor_pb2
from google.protobuf.compiler import plugin_pb2
from grpc_tools import protoc

from tools.plugins.answering import GenerationFailed, answer

RULES_PROTO = "buf/validate/validate.proto"
RULES_IMPORT = "from buf.validate import validate_pb2 as"
RULES_IMPORT_HERE = "from aion.contract import validate_pb2 as"
PACKAGE_DOC = '"""Generated from proto/{folder} by `make generate`: do not edit."""\n'


def from_protoc(request: plugin_pb2.CodeGeneratorRequest, generator: str) -> dict[str, str]:
    """Return the files that a generator built into protoc (`python`, `grpc_python`) writes."""
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder, "image.binpb")
        files = descriptor_pb2.FileDescriptorSet(file=request.proto_file)
        image.write_bytes(files.SerializeToString(deterministic=True))
        out = Path(folder, "out")
        out.mkdir()
        status = protoc.main(
            ["protoc", f"--descriptor_set_in={image}", f"--{generator}_out={out}", *request.file_to_generate]
        )
        if status:
            raise GenerationFailed(f"protoc's {generator} generator ended with status {status}")
        return {path.relative_to(out).as_posix(): path.read_text() for path in sorted(out.rglob("*.py"))}


def from_plugin(request: plugin_pb2.CodeGeneratorRequest, plugin: str) -> dict[str, str]:
    """Return the files that another protoc plugin writes for the same request."""
    asked = plugin_pb2.CodeGeneratorRequest()
    asked.CopyFrom(request)
    asked.parameter = "quiet"
    answer = subprocess.run([plugin], input=asked.SerializeToString(), stdout=subprocess.PIPE, check=True)
    response = plugin_pb2.CodeGeneratorResponse.FromString(answer.stdout)
    if response.error:
        raise GenerationFailed(f"{plugin}: {response.error}")
    return {file.name: file.content for file in response.file}


def rules_users(request: plugin_pb2.CodeGeneratorRequest) -> set[str]:
    """Return the message modules whose contract file imports the validation rules."""
    return {
        file.name.removesuffix(".proto") + "_pb2.py"
        for file in request.proto_file
        if RULES_PROTO in file.dependency and file.name in request.file_to_generate
    }


def empty_stubs(request: plugin_pb2.CodeGeneratorRequest) -> set[str]:
    """Return the gRPC modules of files without a service: the generators write them all the same, with
    nothing in.
    """
    stems = [file.name.removesuffix(".proto") for file in request.proto_file if not file.service]
    return {f"{stem}_pb2_grpc{ending}" for stem in stems for ending in (".py", ".pyi")}


def folder_of(request: plugin_pb2.CodeGeneratorRequest) -> str:
    """Return where the files of the asked package stand in the contract, such as `aion/v1/`."""
    option, _, package = request.parameter.partition("=")
    if option != "package" or not package:
        raise GenerationFailed("the plugin needs one option: package=aion.v1")
    return package.replace(".", "/") + "/"


def generate(request: plugin_pb2.CodeGeneratorRequest) -> dict[str, str]:
    """Return every file of the package by its name inside it."""
    folder = folder_of(request)
    wanted = [name for name in request.file_to_generate if name.startswith(folder)]
    if not wanted:
        raise GenerationFailed(f"the contract has no file in {folder}")
    del request.file_to_generate[:]
    request.file_to_generate.extend(wanted)
    files = from_protoc(request, "python") | from_protoc(request, "grpc_python")
    files |= from_plugin(request, "protoc-gen-mypy") | from_plugin(request, "protoc-gen-mypy_grpc")
    for name in rules_users(request):
        if files[name].count(RULES_IMPORT) != 1:
            raise GenerationFailed(f"{name}: protoc no longer writes `{RULES_IMPORT} ...`")
        files[name] = files[name].replace(RULES_IMPORT, RULES_IMPORT_HERE)
    kept = {name: text for name, text in files.items() if name not in empty_stubs(request)}
    package = {"__init__.py": PACKAGE_DOC.format(folder=folder.rstrip("/"))}
    return package | {name.removeprefix(folder): text for name, text in kept.items()}


if __name__ == "__main__":
    answer(generate, GenerationFailed)
