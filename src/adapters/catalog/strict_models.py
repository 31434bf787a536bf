"""Turns a document into a model, and what pydantic says about it into problems that a person can mend."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from aion.adapters.catalog.documents import Document, Location
from aion.adapters.catalog.errors import ConfigurationInvalid, Problem

_SHOWN: Final = 40
_MOST_BITS: Final = 1 << 10  # Python writes no number of more than 4,300 digits


class StrictModel(BaseModel):
    """No unknown field, no guessing between types, no change after reading."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=False,
        defer_build=True,  # with the document that it is a part of, and only if one is read
    )


def _without_repetition(names: list[str]) -> list[str]:
    repeated = next((name for at, name in enumerate(names) if name in names[:at]), None)
    if repeated is not None:
        raise ValueError(f"names {repeated} twice; keep one")
    return names


Distinct = AfterValidator(_without_repetition)
RelativeFile = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_./-]*$", max_length=255)]


class SchemaFiles(StrictModel):
    """JSON Schema files, relative to the file that names them."""

    input: RelativeFile
    output: RelativeFile


Model = TypeVar("Model", bound=StrictModel)


def model_of(document: Document, model: type[Model]) -> Model:
    """The document as this model; raises ConfigurationInvalid with every problem."""
    try:
        return model.model_validate(document.value)
    except ValidationError as cause:
        raise ConfigurationInvalid(problems_of(document, model, cause)) from cause


def problems_of(document: Document, model: type[StrictModel], error: ValidationError) -> Iterator[Problem]:
    """What pydantic found, with file, line, field and what to do."""
    for detail in error.errors(include_url=False):
        # Patterns of dict keys are reported below a step "[key]" that no file has.
        location = tuple(step for step in detail["loc"] if step != "[key]")
        yield document.problem(location, _sentence(detail, model, location))


def _sentence(detail: ErrorDetails, model: type[StrictModel], location: Location) -> str:
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "missing":
        return "is missing; add it"
    if kind == "extra_forbidden":
        return _unknown(str(location[-1]), model, location)
    if kind == "value_error":
        return f"{context['error']}{_got(given)}"
    what, remedy = _RULES.get(kind, ("", ""))
    if not what:
        what = detail["msg"][:1].lower() + detail["msg"][1:]
    if kind == "string_type" and isinstance(given, int | float):
        remedy = "put it in quotes"
    sentence = f"{what.format_map(context)}{_got(given)}"
    return f"{sentence}; {remedy}" if remedy else sentence


# What is wrong, with pydantic's facts filled in, and what to do.
_MAPPING: Final = ("must be a mapping", "write `key: value` lines below it")
_WHOLE: Final = ("must be a whole number", "")
_RULES: Final[Mapping[str, tuple[str, str]]] = {
    "string_type": ("must be text", "write text here"),
    "string_pattern_mismatch": ("must match {pattern}", ""),
    "string_too_long": ("must have at most {max_length} characters", ""),
    "string_too_short": ("must not be empty", ""),
    "too_short": ("must have at least {min_length} entries", ""),
    "too_long": ("must have at most {max_length} entries", ""),
    "greater_than_equal": ("must be at least {ge}", ""),
    "less_than_equal": ("must be at most {le}", ""),
    "literal_error": ("must be {expected}", ""),
    "enum": ("must be {expected}", ""),
    "model_type": _MAPPING,
    "dict_type": _MAPPING,
    "list_type": ("must be a list", "write [a, b] or one `- item` a line"),
    "bool_type": ("must be true or false", ""),
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
}


def _got(given: object) -> str:
    if given is None:
        return " (got nothing)"
    if isinstance(given, dict | list):
        return f" (got a {'mapping' if isinstance(given, dict) else 'list'})"
    if isinstance(given, int) and given.bit_length() > _MOST_BITS:
        return " (got a number of hundreds of digits)"
    shown = str(given).lower() if isinstance(given, bool) else str(given)
    return f" (got {shown if len(shown) <= _SHOWN else shown[:_SHOWN] + '...'})"


def _unknown(name: str, model: type[StrictModel], location: Location) -> str:
    known = sorted(_fields_at(model, location[:-1]))
    close = get_close_matches(name, known, n=1)
    if close:
        return f"is not a field here; did you mean {close[0]}?"
    return f"is not a field here; remove it (known: {', '.join(known)})"


def _fields_at(model: type[StrictModel], location: Location) -> set[str]:
    at: Any = model
    for step in location:
        at = _model_in(at)
        if isinstance(step, str) and at is not None:
            fields = {field.alias or name: field.annotation for name, field in at.model_fields.items()}
            at = fields.get(step, at)
    found = _model_in(at)
    return {field.alias or name for name, field in found.model_fields.items()} if found else set()


def _model_in(annotation: Any) -> type[StrictModel] | None:
    """The model that this annotation holds, behind optional, list and dict."""
    if isinstance(annotation, type) and issubclass(annotation, StrictModel):
        return annotation
    if get_origin(annotation) in (Union, UnionType, Annotated, list, tuple, dict):
        return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
    return None
