"""The tables of the front door are complete: a scope, a handler and a path for every RPC, and no other rows."""

from pathlib import Path

import pytest
import yaml
from google.protobuf import descriptor_pb2, descriptor_pool

from aion.adapters.rpc import methods as table
from aion.adapters.rpc.handlers import handlers
from aion.adapters.transports.grpc.server import _Front, _Unknown
from aion.domain.identity import ALL_SCOPES
from tests.e2e.transcoding import bindings

METHODS = table.methods()
DOCUMENT = yaml.safe_load((Path(__file__).parents[3] / "openapi" / "aion.v1.yaml").read_text())


def test_every_rpc_has_a_scope_and_every_scope_an_rpc():
    assert set(table.SCOPES) == set(METHODS)
    assert set(table.SCOPES.values()) <= ALL_SCOPES


def test_every_rpc_has_a_handler_of_its_kind_and_every_handler_an_rpc():
    table_of = handlers(use_cases=None)  # type: ignore[arg-type]
    assert set(table_of.unary) == {path for path, method in METHODS.items() if not method.streams}
    assert set(table_of.stream) == {path for path, method in METHODS.items() if method.streams}


@pytest.mark.parametrize("path", sorted(METHODS))
def test_every_rpc_is_served_by_rest_where_the_contract_binds_it(path):
    for verb, template, _ in bindings(METHODS[path]):
        assert DOCUMENT["paths"][template][verb.lower()]["x-grpc-method"] == path


def test_rest_serves_nothing_that_the_contract_does_not_bind():
    bound = {(verb.lower(), template) for method in METHODS.values() for verb, template, _ in bindings(method)}
    verbs = {"get", "put", "post", "delete", "patch"}
    assert bound == {(verb, path) for path, item in DOCUMENT["paths"].items() for verb in item if verb in verbs}


def test_an_rpc_without_a_row_cannot_be_served(monkeypatch):
    monkeypatch.delitem(table.SCOPES, "/aion.v1.AionTasks/Cancel")
    with pytest.raises(KeyError, match="AionTasks/Cancel"):
        table.methods()


def test_a_planted_rpc_without_a_scope_is_noticed(monkeypatch):
    planted = descriptor_pb2.FileDescriptorProto(name="planted.proto", package="aion.v1", syntax="proto3")
    planted.message_type.add(name="Nothing")
    service = planted.service.add(name="Planted")
    service.method.add(name="Sneak", input_type=".aion.v1.Nothing", output_type=".aion.v1.Nothing")
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(planted.SerializeToString())
    monkeypatch.setattr(table, "FILES", (*table.FILES, pool.FindFileByName("planted.proto")))
    with pytest.raises(KeyError, match=r"/aion\.v1\.Planted/Sneak"):
        table.methods()


def test_grpc_serves_every_method_and_refuses_what_no_service_knows():
    class Details:
        def __init__(self, method):
            self.method = method

    front = _Front(METHODS, pipeline=None, secure=False)  # type: ignore[arg-type]
    for path, method in METHODS.items():
        served = front.service(Details(path))
        assert served.response_streaming == method.streams
        # As a stream to grpcio, which then leaves it to the handler to read the one message.
        assert served.request_streaming
    # What stands behind it: health and reflection, then the one that refuses whatever is left.
    last = _Unknown(pipeline=None)  # type: ignore[arg-type]
    for path in ("/aion.v1.AionTasks/Guess", "/aion.v9.Nobody/Guess", "guess", ""):
        assert front.service(Details(path)) is None
        assert last.service(Details(path)) is not None
