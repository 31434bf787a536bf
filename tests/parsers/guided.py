"""One parser under atheris, whose inputs grow towards what none has reached: `python -m tests.parsers.guided NAME`.

atheris is in requirements/fuzz.txt, which `make chaos` installs. Ends with 1 at the first input that breaks the target,
and prints it.
"""

import argparse
import sys
import tempfile
from pathlib import Path

try:
    import atheris
except ModuleNotFoundError:
    sys.exit("guided: atheris is not installed; `make chaos` installs it, or: uv pip install -r requirements/fuzz.txt")

with atheris.instrument_imports(include=["aion"]):
    # What is imported here is watched; each target imports its own parser.
    from tests.parsers.trial import MOST_BYTES, Target, load, names, refuses

MOST_INPUT = 1 << 14


def main() -> None:
    """Fuzzes for so many seconds."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("name", choices=names())
    arguments.add_argument("--seconds", type=int, default=60)
    arguments.add_argument("--seed", type=int, default=0, help="0: another one each time; it is printed")
    asked = arguments.parse_args()
    with atheris.instrument_imports(include=["aion"]):
        target = load(asked.name)
    with tempfile.TemporaryDirectory() as folder:
        _fuzz(target, Path(folder), asked.seconds, asked.seed)


def _fuzz(target: Target, folder: Path, seconds: int, seed: int) -> None:
    for number, data in enumerate(target.seeds):
        (folder / str(number)).write_bytes(data)

    def one(data: bytes) -> None:
        try:
            refuses(target, data)
        except Exception as defect:
            defect.add_note(f"input: {data!r}")
            raise

    options = [
        f"-max_total_time={seconds}",
        f"-max_len={MOST_INPUT}",
        f"-seed={seed}",
        "-timeout=10",
        # What the libraries of the parsers hold before they begin is not theirs to account for.
        f"-rss_limit_mb={(MOST_BYTES >> 20) + 512}",
        f"-artifact_prefix={folder}/",
        "-print_final_stats=1",
        str(folder),
    ]
    atheris.Setup([sys.argv[0], *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
