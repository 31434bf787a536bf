"""`buf breaking` bites, and knows when there is nothing to compare with."""

import re

import pytest

from tools.baseline import Baseline, baselines
from tools.breaking import ContractBroken, compare

FIELD = re.compile(r"  // [^\n]*\n  string preferred_engine = 5[^;]*;\n")


def the_baseline(tree, name="main"):
    return next(baseline for baseline in baselines(tree) if baseline.name == name)


def test_an_unchanged_contract_passes(contract_tree, commit):
    commit()
    assert compare(contract_tree, the_baseline(contract_tree)) == "breaking: nothing breaks clients of main"


def test_a_removed_field_is_refused(contract_tree, commit):
    commit()
    file = contract_tree / "proto/aion/v1/tasks.proto"
    text, count = FIELD.subn("", file.read_text())
    assert count == 1
    file.write_text(text)
    with pytest.raises(ContractBroken, match=r'field "5" with name "preferred_engine" on message "TaskRequest"'):
        compare(contract_tree, the_baseline(contract_tree))


def test_a_field_that_was_released_under_a_tag_is_refused_even_when_main_has_lost_it(contract_tree, commit):
    commit(tag="v0.1.0")
    file = contract_tree / "proto/aion/v1/tasks.proto"
    file.write_text(FIELD.sub("", file.read_text()))
    commit()
    assert compare(contract_tree, the_baseline(contract_tree)) == "breaking: nothing breaks clients of main"
    with pytest.raises(ContractBroken, match=r"clients of v0\.1\.0"):
        compare(contract_tree, the_baseline(contract_tree, "v0.1.0"))


def test_an_added_field_passes(contract_tree, commit):
    commit()
    file = contract_tree / "proto/aion/v1/tasks.proto"
    text = file.read_text()
    assert "message TaskId {\n" in text
    file.write_text(text.replace("message TaskId {\n", "message TaskId {\n  // More.\n  string more = 99;\n"))
    assert "nothing breaks" in compare(contract_tree, the_baseline(contract_tree))


def test_a_main_without_a_contract_passes_and_says_so(contract_tree, commit):
    (contract_tree / "proto").rename(contract_tree.parent / "proto-aside")
    commit()
    (contract_tree.parent / "proto-aside").rename(contract_tree / "proto")
    assert compare(contract_tree, the_baseline(contract_tree)) == (
        "breaking: main has no contract yet, nothing to compare with"
    )


def test_without_a_repository_there_is_no_baseline(tmp_path):
    assert list(baselines(tmp_path)) == []


def test_main_and_a_tag_on_the_same_commit_are_one_baseline(contract_tree, commit):
    commit(tag="v0.1.0")
    assert [type(found) for found in baselines(contract_tree)] == [Baseline]
