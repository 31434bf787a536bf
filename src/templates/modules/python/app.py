"""The component: exports wasi:cli/run, which answers one call. What is imported here is loaded when it is built."""

import aion
import module
from wit_world import exports


class Run(exports.Run):
    """wasi:cli/run."""

    def run(self) -> None:
        """Answers the call."""
        aion.serve(module.work)
