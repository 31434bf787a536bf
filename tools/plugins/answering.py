"""How every local plugin speaks with protoc: a request on stdin, files or a sentence that refuses them on stdout."""

import sys
from collections.abc import Callable, Mapping

from google.protobuf.compiler import plugin_pb2


class GenerationFailed(Exception):
    """A plugin cannot write what it was asked for; the message says why."""


def answer(
    generate: Callable[[plugin_pb2.CodeGeneratorRequest], Mapping[str, str]], *refusals: type[Exception]
) -> None:
    """Answer one request with the files that `generate` gives by name; `refusals` are what it raises."""
    request = plugin_pb2.CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
    response = plugin_pb2.CodeGeneratorResponse(
        supported_features=plugin_pb2.CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL
    )
    try:
        for name, content in generate(request).items():
            response.file.add(name=name, content=content)
    except refusals as refused:
        response.error = str(refused)
    sys.stdout.buffer.write(response.SerializeToString())
