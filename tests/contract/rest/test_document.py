"""The document, the contract and what is served are one."""

import re

import pytest

from aion.adapters.rpc.methods import methods
from aion.adapters.transports.rest.connexion_parts import InvalidSpecification, OpenAPISpecification
from aion.adapters.transports.rest.operations import without_security
from tests.contract.rest.scripted import DOCUMENT
from tests.contract.transports.examples import EXAMPLES
from tests.contract.transports.preparations import SCHEDULE_ID as THING
from tests.e2e.transcoding import transcode

OPERATIONS = [(verb, path, operation) for path, item in DOCUMENT["paths"].items() for verb, operation in item.items()]


def test_the_document_fits_the_schema_of_openapi():
    """No server checks it again at its start."""
    OpenAPISpecification(without_security(DOCUMENT))
    with pytest.raises(InvalidSpecification):
        OpenAPISpecification({**without_security(DOCUMENT), "paths": {"/v1/tasks": {"get": {"responses": "none"}}}})


def test_every_rpc_has_an_operation():
    assert {operation["x-grpc-method"] for _, _, operation in OPERATIONS} == set(methods())


@pytest.mark.parametrize(("verb", "path", "operation"), OPERATIONS, ids=[f"{v} {p}" for v, p, _ in OPERATIONS])
async def test_every_operation_of_the_document_is_served_with_a_documented_status(client, face, verb, path, operation):
    request = EXAMPLES[operation["x-grpc-method"].rsplit("/", 1)[1]].sample()
    body = transcode(methods()[operation["x-grpc-method"]], request).body
    said = {} if body is None else {"json": body}
    answer = await client.request(verb.upper(), re.sub(r"\{[^}]*\}", THING, path), **said)
    assert answer.status_code in (200, 202)
    documented = operation["responses"][str(answer.status_code)]
    assert answer.headers["content-type"].split(";")[0] in documented["content"]
