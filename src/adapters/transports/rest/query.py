"""connexion's check of the query against the document, with errors that name the parameter."""

import difflib
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any
from urllib.parse import parse_qsl

from aion.adapters.rpc.patterns import form_of
from aion.adapters.transports.http.answers import Scope
from aion.adapters.transports.rest.connexion_parts import AbstractOperation, ConnexionRequest, ParameterValidator
from aion.domain.errors import FieldViolation, MalformedRequest, ValidationFailed

_MOST = (None, 2**31 - 1, 2**63 - 1)
"""What is no bound of a parameter but the end of its type."""


class QueryCheck:
    """The check of one operation. `credentials`: parameters that prove who calls, and are no part of the request."""

    def __init__(self, operation: AbstractOperation, credentials: AbstractSet[str] = frozenset()) -> None:
        parameters = [p for p in operation.parameters if p["in"] == "query"]
        self._declared = {parameter["name"]: parameter for parameter in parameters}
        self._names = {name: names for name, parameter in self._declared.items() if (names := _enum(parameter))}
        self._credentials = credentials
        self._parser = operation.uri_parser_class(parameters, {})
        self._validator = ParameterValidator(parameters, uri_parser=self._parser, strict_validation=True)

    def __call__(self, scope: Scope) -> None:
        """Raises MalformedRequest for a parameter that is unknown and ValidationFailed for one that does not fit."""
        request = ConnexionRequest(scope, uri_parser=self._parser)
        for name in sorted(set(self._validator.validate_query_parameter_list(request)) - self._credentials):
            raise self._unknown(name)
        for name, text in parse_qsl(scope["query_string"].decode("latin-1")):
            if text not in self._names.get(name, (text,)):
                raise _no_such_name(name, text, self._names[name])
        for name, parameter in self._declared.items():
            misfit = self._validator.validate_query_parameter(parameter, request)
            if misfit:
                sentence = _must_be(parameter["schema"]) or str(misfit).splitlines()[0]
                raise ValidationFailed(f"{name}: {sentence}", violations=(FieldViolation(name, sentence),))

    def _unknown(self, name: str) -> MalformedRequest:
        close = difflib.get_close_matches(name, self._declared, n=3)
        if close:
            hint = f"did you mean {' or '.join(close)}?"
        else:
            hint = f"this path takes {', '.join(self._declared) or 'no query'}"
        return MalformedRequest(
            f"the query parameter {name!r} does not exist; {hint}",
            violations=(FieldViolation(name, "is no query parameter of this path"),),
        )


def _enum(parameter: dict[str, Any]) -> Sequence[str]:
    """The names that a parameter takes; none when it takes anything else."""
    schema = parameter["schema"]
    return tuple(schema.get("items", schema).get("enum", ()))


def _must_be(schema: dict[str, Any]) -> str:
    """What a parameter must be; empty for one whose sentence is connexion's: what follows its first line is the schema,
    which the document shows better.
    """
    match schema["type"]:
        case "integer":
            low, high = schema.get("minimum"), schema.get("maximum")
            bounds = "" if low is None else f", {low} or more" if high in _MOST else f", from {low} to {high}"
            return f"must be an integer{bounds}"
        case "boolean":
            return "must be true or false"
        case "string" if form := form_of(schema.get("pattern", "")):
            return f"must be {form}"
        case "string" if "maxLength" in schema:
            return f"must have at most {schema['maxLength']} characters"
    return ""


def _no_such_name(name: str, text: str, names: Sequence[str]) -> ValidationFailed:
    """What connexion would say is a Python list and its schema."""
    whole = [known for known in names if text and known.endswith(f"_{text.upper()}")]
    hint = f"did you mean {whole[0]}?" if whole else f"write one of {', '.join(names)}"
    why = f"{text[:64]!r} is not one of its names; {hint}"
    return ValidationFailed(f"{name}: {why}", violations=(FieldViolation(name, why),))
