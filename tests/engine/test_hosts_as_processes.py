"""Hosts as the system sees them: confined, in their server's session, and gone with it."""

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.host_engines import engine_of


async def test_hosts_inherit_no_secrets_and_are_confined(make_module, tmp_path, monkeypatch):
    monkeypatch.setenv("AION_SECRET_OF_THE_SERVER", "do not pass on")
    async with engine_of([make_module("says")], tmp_path) as engine:
        (host,) = engine._pool.hosts()
        inherited, folder, limits, status, opened = looks_of(host.pid)
        assert b"do not pass on" not in inherited
        assert folder == "/"
        assert any(line.split()[:6] == ["Max", "core", "file", "size", "0", "0"] for line in limits.splitlines())
        assert "NoNewPrivs:\t1" in status
        assert all(name.startswith(("socket:", "pipe:", "anon_inode:", "/dev/null", "/memfd:")) for name in opened)


async def test_hosts_share_the_servers_session_but_not_the_signals_of_its_terminal(make_module, tmp_path):
    """Linux may share processors out by session first: with one each, a dozen hosts would starve their server."""
    async with engine_of([make_module("says")], tmp_path) as engine:
        (host,) = engine._pool.hosts()
        assert os.getsid(host.pid) == os.getsid(0)
        assert os.getpgid(host.pid) == host.pid


def looks_of(pid):
    proc = Path(f"/proc/{pid}")
    return (
        (proc / "environ").read_bytes(),
        str((proc / "cwd").readlink()),
        (proc / "limits").read_text(),
        (proc / "status").read_text(),
        [str(path.readlink()) for path in (proc / "fd").iterdir()],
    )


PARENT = """
import asyncio, pathlib, sys
from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.settings import WasmSettings

async def main():
    async with WasmEngine({}, pathlib.Path(sys.argv[1]), WasmSettings(hosts=2)) as engine:
        print(*(host.pid for host in engine._pool.hosts()), flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def test_hosts_die_with_the_process_that_started_them(tmp_path):
    with subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE) as parent:
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(pids) == 2
        ends = [os.pidfd_open(pid) for pid in pids]
        parent.kill()
    for end in ends:
        ready, _, _ = select.select([end], [], [], 60)
        os.close(end)
        assert ready, "a host outlived its supervisor"


COMPILES = """
import os, subprocess, sys
from datetime import timedelta
from aion.adapters.engines.wasm.compilers import Compilers

class Told(subprocess.Popen):
    def __init__(self, *arguments, **how):
        super().__init__(*arguments, **{**how, "stdin": int(sys.argv[1])})
        os.close(int(sys.argv[1]))
        print(self.pid, flush=True)

subprocess.Popen = Told
Compilers().run(("module", 0, 1 << 20), b"", timedelta(seconds=60))
"""


@pytest.mark.parametrize("when", ["before it looks at its parent", "while it reads what it compiles"])
def test_a_compiler_dies_with_the_process_that_started_it(when):
    """It reads from a pipe that stays open, so it does not end by itself."""
    comes, goes = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", COMPILES, str(comes)], stdout=subprocess.PIPE, pass_fds=[comes]
    ) as parent:
        os.close(comes)
        end = os.pidfd_open(int(parent.stdout.readline()))
        if when == "while it reads what it compiles":
            # A pipe does not hold this much: that it is written says that the compiler reads, and is confined.
            with os.fdopen(os.dup(goes), "wb", buffering=0) as pipe:
                pipe.write(bytes(1 << 20))
        parent.kill()
    ready, _, _ = select.select([end], [], [], 60)
    for descriptor in (end, goes):
        os.close(descriptor)
    assert ready, "a compiler outlived its server"
