"""The planted bugs fit the source as it is; `make plant` shows that each is caught."""

from pathlib import Path

import pytest

from tools.plants.plant import DoesNotFit, Plant
from tools.plants.planted import PLANTS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name.replace(" ", "_"))
def test_a_planted_bug_has_its_place_and_the_test_that_is_named_for_it(plant: Plant):
    plant.check(ROOT)


def test_there_are_at_least_twenty_and_no_two_are_the_same():
    assert len({(plant.file, plant.wrong) for plant in PLANTS}) == len(PLANTS) >= 20


def test_a_plant_whose_source_has_changed_is_refused():
    plant = Plant("nothing", "tools/plants/plant.py", "there is no such line", "", PLANTS[0].caught_by)
    with pytest.raises(DoesNotFit, match="stands 0 times"):
        plant.check(ROOT)
