"""Whether documents fit the schemas of a package."""

import jsonschema_rs

from tests.modules.sandbox import Package


def assert_valid(package: Package, which: str, document: object) -> None:
    jsonschema_rs.Draft202012Validator(package.schema(which)).validate(document)


def is_accepted(package: Package, document: object) -> bool:
    return jsonschema_rs.Draft202012Validator(package.schema("input")).is_valid(document)
