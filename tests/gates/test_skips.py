"""A skipped test is loud unless its name is on the list."""

from pathlib import Path

import pytest

from tools.count_skips import allowed, skipped, verdict

REPORT = """<testsuites><testsuite>
<testcase classname="tests.unit.test_money" name="test_one"/>
<testcase classname="tests.unit.test_money" name="test_two[a-1]"><skipped message="no device"/></testcase>
<testcase classname="tests.unit.test_money.TestGroup" name="test_three"><skipped message="no device"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.xml"
    path.write_text(REPORT)
    return path


def test_skips_are_named_by_file_and_function(report):
    assert skipped(report) == {"tests/unit/test_money.py::test_two", "tests/unit/test_money.py::test_three"}


def test_the_list_has_comments_and_reasons():
    assert allowed("# why\n\ntests/a.py::test_b: no device here\n") == {"tests/a.py::test_b"}


def test_a_skip_that_is_named_passes():
    assert verdict({"tests/a.py::test_b"}, {"tests/a.py::test_b"}) == []


def test_a_skip_without_a_name_and_a_name_without_a_skip_are_both_refused():
    assert verdict({"tests/a.py::test_b"}, {"tests/a.py::test_c"}) == [
        "tests/a.py::test_b was skipped; make it run or name it with its reason",
        "tests/a.py::test_c no longer skips; take it off the list",
    ]
