"""`aion` imports what the called command needs, and nothing before."""

import gc
import os
import subprocess
import sys

import pytest

from aion.app.commands.lazy import without_collecting
from aion.app.main import COMMANDS

HEAVY = ("alembic", "connexion", "grpc", "sqlalchemy", "wasmtime")


@pytest.mark.parametrize("arguments", [["version"], ["--help"]])
def test_what_needs_no_library_imports_none(arguments):
    script = f"""
import atexit, sys
atexit.register(lambda: print("imported", sorted(set(sys.modules) & set({HEAVY}))))
sys.argv[1:] = {arguments}
from aion.app.main import main
main()
"""
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert said.stdout.endswith("imported []\n"), said.stdout


@pytest.mark.parametrize(("set_to", "found"), [(None, "ERROR"), ("info", "info")])
def test_the_core_of_grpc_writes_errors_only_unless_the_operator_wants_more(set_to, found):
    script = """
import atexit, os, sys
atexit.register(lambda: print(os.environ["GRPC_VERBOSITY"]))
sys.argv[1:] = ["version"]
from aion.app.main import main
main()
"""
    env = {name: value for name, value in os.environ.items() if name != "GRPC_VERBOSITY"}
    env |= {"GRPC_VERBOSITY": set_to} if set_to else {}
    said = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=60, check=True
    )
    assert said.stdout.splitlines()[-1] == found


@pytest.mark.parametrize("lazy", COMMANDS, ids=lambda lazy: lazy.name)
def test_the_line_of_a_command_is_the_beginning_of_its_own_help(lazy):
    command = lazy.load()
    assert command.name == lazy.name
    assert command.help.startswith(lazy.help.rstrip("."))


def test_no_garbage_is_looked_for_while_a_server_starts_and_it_is_afterwards():
    assert gc.isenabled()
    with without_collecting():
        assert not gc.isenabled()
        with without_collecting():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
