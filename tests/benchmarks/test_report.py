"""The benchmarks' report: aims beside figures, and the same facts for people and for machines."""

import json

import pytest

from benchmarks.report import Figure, Row, Section, at_least, at_most, document, median_of, missed, table

SECTION = Section(
    "Speed",
    "How it was measured.",
    (
        Row("echo", (Figure("calls/s", 2816.4), Figure("x echo", 1.0, None, 2))),
        Row(
            "AION",
            (Figure("calls/s", 1000.0), Figure("x echo", 0.36, at_least(0.33), 2), Figure("p99 ms", 4.0, at_most(3))),
        ),
    ),
)


def test_a_table_has_a_column_for_each_name_and_the_aim_beside_its_figure():
    assert table(SECTION).splitlines()[4:] == [
        "|      | calls/s | x echo                 | p99 ms              |",
        "|------|---------|------------------------|---------------------|",
        "| echo | 2816    | 1.00                   |                     |",
        "| AION | 1000    | 0.36 (aim >= 0.33 met) | 4 (aim <= 3 MISSED) |",
    ]


@pytest.mark.parametrize(
    ("aim", "value", "met"),
    [(at_least(2), 2, True), (at_least(2), 1.9, False), (at_most(2), 2, True), (at_most(2), 2.1, False)],
)
def test_an_aim_is_met_up_to_its_bound(aim, value, met):
    assert aim.met(value) is met


def test_only_aims_that_were_not_reached_are_missed():
    assert missed([SECTION]) == ["Speed, AION: p99 ms 4, aim <= 3 MISSED"]


def test_the_document_for_machines_has_every_figure_with_its_aim():
    written = json.loads(json.dumps(document({"cores": 2}, [SECTION])))
    assert written["machine"] == {"cores": 2}
    rows = {row["subject"]: row["figures"] for row in written["sections"][0]["rows"]}
    assert rows["echo"]["calls/s"] == {"value": 2816.4}
    assert rows["AION"]["x echo"] == {"value": 0.36, "at_least": 0.33, "met": True}
    assert rows["AION"]["p99 ms"] == {"value": 4.0, "at_most": 3, "met": False}


def test_the_least_and_the_most_stand_beside_a_median_for_people_and_for_machines():
    section = Section("Speed", "How.", (Row("AION", (median_of("x echo", [0.5, 0.25, 0.3], at_least(0.33), 2),)),))
    assert "0.30 (0.25 to 0.50) (aim >= 0.33 MISSED)" in table(section)
    (row,) = document({}, [section])["sections"][0]["rows"]
    assert row["figures"]["x echo"] == {"value": 0.3, "min": 0.25, "max": 0.5, "at_least": 0.33, "met": False}
