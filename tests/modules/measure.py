"""Prints size, fuel and time of the bundled modules: `python -m tests.modules.measure [NAME...]`.

Times are of one call in a fresh instance, input and output included, with fuel counted, less what a call with an
empty text takes in this harness; so they are the guest's own work.
"""

import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from tests.modules.conftest import NAMES
from tests.modules.sandbox import MEBIBYTE, Answer, Package

PROSE = (
    "The keeper of the lighthouse at Cape Ann wrote to jane.doe@example.com on 2025-03-09. Nobody answered him. "
    "He called +33 6 12 34 56 78 about order 4471920835, then he lit the lamp and waited for the ships from the north. "
    "A storm had been forecast for the evening; the harbour was full, and the boats lay three deep along the quay. "
)
INPUTS = {
    "2 kB of prose": (PROSE * 7)[:2_000],
    "64 kB of prose": (PROSE * 250)[: 1 << 16],
    "1 MiB of prose": (PROSE * 4_000)[:MEBIBYTE],
    "1 MiB of new words": " ".join(f"w{i} x{i * 7 % 9973}. K{i}" for i in range(60_000))[:MEBIBYTE],
    "1 MiB of cards": ("4111 1111 1111 1111 " * 60_000)[:MEBIBYTE],
    "1 MiB of digits": ("1 " * MEBIBYTE)[:MEBIBYTE],
    "1 MiB of ::1": ("::1 " * MEBIBYTE)[:MEBIBYTE],
    "1 MiB of short ends": "".join(f"A{i}. " for i in range(200_000))[:MEBIBYTE],
}


SHAPES: dict[str, Callable[[str], dict[str, Any]]] = {
    "classify": lambda text: {"text": text, "labels": "billing, shipping, praise, sport, politics"},
    "similarity": lambda text: {"documents": [text[at : at + 1_000] for at in range(0, len(text) or 1, 1_000)]},
    "transform": lambda text: {
        "document": {"words": text.split(" ")},
        "expression": "{words: length(words), longest: sort_by(words[?contains(@, 'a')], &length(@))[-3:]}",
    },
    "tabulate": lambda text: {"text": text.replace(" ", "\n")},
}
"""How a text becomes the input of a module whose input is not just a text."""


def call_with(package: Package, text: str) -> Answer:
    """One call about this text."""
    shape = SHAPES.get(package.folder.name)
    return package.call(shape(text) if shape else {"text": text})


def milliseconds(package: Package, text: str) -> float:
    """The median time of several calls."""
    taken = []
    for _ in range(5 if len(text) > MEBIBYTE // 2 else 100):
        start = time.perf_counter()
        call_with(package, text)
        taken.append(time.perf_counter() - start)
    return median(taken) * 1_000


def main() -> None:
    for name in sys.argv[1:] or NAMES:
        package = Package(name)
        bare = milliseconds(package, "")
        sys.stdout.write(
            f"{name}: {package.wasm.stat().st_size:,} bytes; an empty call {bare:.2f} ms in this harness\n"
        )
        for label, text in INPUTS.items():
            fuel = call_with(package, text).fuel
            share = package.fuel / fuel
            own = milliseconds(package, text) - bare
            sys.stdout.write(f"  {label:20} fuel {fuel:>13,} (limit is {share:,.0f} times that)  {own:8.2f} ms\n")


if __name__ == "__main__":
    main()
