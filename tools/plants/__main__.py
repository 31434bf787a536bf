"""`make plant`: plants the bugs one by one and says which of them the tests noticed. Ends with 1 when one was not.

First all the tests run without a bug: one that fails anyway proves nothing.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tools.plants.ground import Ground
from tools.plants.plant import DoesNotFit
from tools.plants.planted import PLANTS

ROOT = Path(__file__).resolve().parents[2]
_A_TEST_FAILED = 1


def main() -> int:
    """The number of bugs that nobody noticed, as an exit code of 0 or 1."""
    parser = argparse.ArgumentParser(prog="python -m tools.plants", description=__doc__)
    parser.add_argument("name", nargs="?", default="", help="only bugs with this in their names")
    wanted = parser.parse_args().name
    plants = [plant for plant in PLANTS if wanted in plant.name]
    if not plants:
        print(f"plant: no plant has {wanted!r} in its name")
        return 2
    with tempfile.TemporaryDirectory(prefix="aion-plants-") as folder:
        ground = Ground(ROOT, Path(folder))
        ground.lay_out()
        whole = ground.run(*sorted({plant.caught_by for plant in plants}))
        if whole.returncode != 0:
            print(
                f"plant: these tests must pass without a bug, and do not\n{whole.stdout[-3000:]}{whole.stderr[-2000:]}"
            )
            return 2
        unnoticed = 0
        for plant in plants:
            try:
                run = ground.run_with(plant)
            except DoesNotFit as problem:
                print(f"  NO PLACE  {problem}")
                unnoticed += 1
                continue
            caught = run.returncode == _A_TEST_FAILED
            unnoticed += not caught
            print(f"  {'caught' if caught else 'UNNOTICED':9} {plant.name}: {plant.caught_by}", flush=True)
            if not caught:
                print(run.stdout[-1500:], run.stderr[-500:])
    print(f"plant: {len(plants) - unnoticed} of {len(plants)} planted bugs were caught")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
