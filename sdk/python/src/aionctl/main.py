"""The entry point of aionctl, which also says what is missing when the SDK was installed without its extra `cli`."""

import os
import sys

EXTRA = ("rich", "typer", "yaml")


def main() -> None:
    """Run aionctl."""
    # grpc's own log lines would stand between the messages; what they say comes as an error too.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    try:
        from aionctl.app import app
    except ModuleNotFoundError as error:
        if error.name not in EXTRA:
            raise
        sys.exit(f"aionctl needs {error.name}; install the SDK with its extra `cli`")
    if "_AIONCTL_COMPLETE" in os.environ:
        from typer._completion_classes import completion_init

        completion_init()
    app(prog_name="aionctl")
