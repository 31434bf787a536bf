"""What tests share stands in a module that says what it is: whoever changes one test changes no other."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
FROM_A_TEST = re.compile(r"^\s*(?:from|import) tests\.(?:\w+\.)*test_\w+", re.MULTILINE)


def test_no_test_is_imported_by_another():
    files = sorted(TESTS.rglob("*.py"))
    assert len(files) > 300
    assert [str(file) for file in files if FROM_A_TEST.search(file.read_text())] == []


def test_an_import_from_a_test_would_be_found():
    assert FROM_A_TEST.search("import ast\nfrom tests.sdk.test_calls import LATER\n")
