"""The engine gets the document that was checked, and checking it is bounded."""

import json

import pytest

from aion.app.usecases import task_input
from aion.app.usecases.task_input import MOST_VALUES, input_json
from aion.domain.errors import AionError, MalformedRequest, ValidationFailed
from aion.ports.usecases import SubmitCommand


def input_of(params_json: str, **params: str) -> str:
    return input_json(SubmitCommand("echo", b"", params=params, params_json=params_json))


def test_an_object_is_passed_on_to_the_letter():
    document = '{"text": "a, [b], {c}", "n": 1.50}'
    assert input_of(document) == document


def test_params_become_one_object():
    assert json.loads(input_of("", text="é", n="1")) == {"text": "é", "n": "1"}


@pytest.mark.parametrize("document", ['{"a": 1, "a": 2}', '{"a": [{"b": 1, "c": 2, "b": 3}]}'])
def test_a_member_that_stands_twice_is_refused_by_name(document):
    with pytest.raises(MalformedRequest, match="stands twice") as refused:
        input_of(document)
    assert refused.value.violations[0].field == "params_json"


@pytest.mark.parametrize("document", ["{", "nul", '{"a": NaN}', '{"a": 1}}', "[" * 100_000])
def test_what_is_not_json_is_malformed(document):
    with pytest.raises(AionError) as refused:
        input_of(document)
    assert refused.value.reason in ("MALFORMED_REQUEST", "VALIDATION_FAILED")


def test_too_many_values_are_refused_before_they_are_parsed():
    with pytest.raises(ValidationFailed, match=str(MOST_VALUES)):
        input_of('{"rows": [' + "{}," * MOST_VALUES + "{}]}")


def test_text_may_have_as_many_commas_as_it_likes():
    document = json.dumps({"text": 'a,b,"c",[d],\\' * MOST_VALUES})
    assert input_of(document) == document


def test_both_forms_of_input_are_refused():
    with pytest.raises(ValidationFailed, match="both set"):
        input_of('{"a": 1}', a="1")


@pytest.mark.parametrize(
    "document",
    ['{"a": {"b": [1, {"c": null}]}, "d": [[{}]]}', '{"a:b": "c:d", "e": "\\\\\\":"}', '{"a": 12345678901234567890}'],
)
def test_a_document_in_order_is_read_by_the_quick_parser_alone(monkeypatch, document):
    """The slow one holds the event loop three times as long, and is there to tell what is wrong."""
    monkeypatch.setattr(task_input, "_told", None)
    assert input_of(document) == document


@pytest.mark.parametrize("number", ["1" + "0" * 400, "1e400"])
def test_a_number_that_only_the_slow_parser_takes_is_taken(number):
    assert input_of(f'{{"a": {number}}}') == f'{{"a": {number}}}'
