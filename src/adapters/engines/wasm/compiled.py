"""Compiled modules: each is compiled once, in a child, and kept on disk.

Compiled code is native code, so a file is loaded only when its authentication code fits: HMAC-SHA256 under a key that
only this data directory's owner can read, over the file's name and content. The name is a digest of everything that the
code depends on: the module, the version of wasmtime, the engine's configuration, the processor's features. A file that
does not fit is thrown away and compiled again.
"""

import asyncio
import contextlib
import hashlib
import hmac
import logging
import os
import platform
import secrets
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

from aion import failpoints
from aion.adapters.engines.wasm.compilers import Compilers
from aion.adapters.engines.wasm.module import CompilerKilled, ModuleBroken, ModuleNotCompiled, ModuleRefused, WasmModule
from aion.adapters.engines.wasm.revision import REVISION

_log = logging.getLogger(__name__)
_KEY_FILE = "modules-cache.key"
_FOLDER = "modules-cache"
_MAC_SIZE = 32
_MOST_REASON = 500
_REMEDY = "give it to the user that AION runs as, or remove it"
_PAUSES_AFTER_A_KILL = (1.0, 4.0, 16.0)
"""In seconds. A machine that was out of memory mostly has some again soon; one that never has is not asked for ever."""


class CompiledModules:
    """The cache in a data directory. Safe with several processes: files appear whole and by rename."""

    def __init__(
        self,
        data_dir: Path,
        compile_timeout: timedelta,
        kept_for: timedelta = timedelta.max,
        most_bytes: int = sys.maxsize,
    ) -> None:
        """What was not used for `kept_for` goes, and beyond `most_bytes` what was used longest ago."""
        self._folder = data_dir / _FOLDER
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._key = _cache_key(data_dir / _KEY_FILE)
        self._timeout = compile_timeout
        self._kept_for = kept_for
        self._most_bytes = most_bytes
        self._remove_old(keep="")
        self._compilers = Compilers()
        self._platform = "\0".join((version("wasmtime"), REVISION, platform.machine(), _processor_features()))
        # Each compiler uses every core.
        self._turns = asyncio.Semaphore(2)
        self._running: dict[str, asyncio.Task[bytes]] = {}
        self._given_up: dict[str, ModuleBroken] = {}

    async def code(self, module: WasmModule) -> bytes:
        """Native code for the module, compiled if it must be. Raises ModuleBroken.

        What cost a compiler in vain is not compiled again while this process lives: other bytes are another module.
        A compiler that was killed from outside says nothing of its module, and a few more are tried before that.
        """
        name = self._name(module)
        if (why := self._given_up.get(name)) is not None:
            raise type(why)(str(why))
        task = self._running.get(name)
        if task is None:
            task = asyncio.create_task(self._in_turn(module, name))
            self._running[name] = task
            task.add_done_callback(lambda done: self._has_ended(name, done))
        # One caller that gives up does not take the code from the others.
        return await asyncio.shield(task)

    def _has_ended(self, name: str, task: asyncio.Task[bytes]) -> None:
        """Remembers what came of it also when whoever asked gave up meanwhile."""
        self._running.pop(name, None)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, ModuleRefused | ModuleNotCompiled):
            self._given_up[name] = error

    def end(self) -> None:
        """Ends what is being compiled: who waits for it hears that it is broken."""
        self._compilers.end()

    def has(self, module: WasmModule) -> bool:
        """Whether there is a file for it, so that its code is there in a moment."""
        try:
            return (self._folder / f"{self._name(module)}.cwasm").exists()
        except OSError:  # a folder that cannot be entered: `code` says so
            return False

    async def _in_turn(self, module: WasmModule, name: str) -> bytes:
        for pause in _PAUSES_AFTER_A_KILL:
            try:
                return await self._at_once(module, name)
            except CompilerKilled as killed:
                _log.warning("%s; another compiler is tried in %g s", killed, pause)
                await asyncio.sleep(pause)
        return await self._at_once(module, name)

    async def _at_once(self, module: WasmModule, name: str) -> bytes:
        async with self._turns:
            return await asyncio.to_thread(self._load_or_compile, module, name)

    def _name(self, module: WasmModule) -> str:
        # A core module is compiled together with a look at its memory; a component's is looked at when it runs.
        memory = "" if module.component else str(module.memory_bytes)
        parts = (module.digest, module.kind, str(module.metered), memory, self._platform)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def _load_or_compile(self, module: WasmModule, name: str) -> bytes:
        path = self._folder / f"{name}.cwasm"
        code = self._read(path)
        if code is None:
            code = self._compile(module)
            try:
                failpoints.hit("modules.before_keep")
                self._write(path, code)
            except OSError as error:
                _log.warning("%s cannot be kept and is compiled again after a restart: %s", path, error)
        return code

    def _read(self, path: Path) -> bytes | None:
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            _log.warning("%s cannot be read, so the module is compiled again: %s; %s", path, error.strerror, _REMEDY)
            return None
        mac, code = content[:_MAC_SIZE], content[_MAC_SIZE:]
        if hmac.compare_digest(mac, self._mac(path, code)):
            with contextlib.suppress(OSError):  # another process removed it, or the disk may only be read
                os.utime(path)
            return code
        _log.warning("%s is not what AION wrote; it is discarded and compiled again", path)
        with contextlib.suppress(OSError):  # it is replaced in a moment, or that it cannot be is said then
            path.unlink(missing_ok=True)
        return None

    def _write(self, path: Path, code: bytes) -> None:
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        try:
            with open(draft, "xb", opener=_private) as file:
                file.write(self._mac(path, code))
                file.write(code)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        self._remove_old(keep=path.name)

    def _remove_old(self, keep: str) -> None:
        """Removes what was not used for long; drafts of a process that died are among it."""
        now, room = time.time(), self._most_bytes
        try:
            files = sorted(_files_of(self._folder), reverse=True)
        except OSError as error:
            _log.warning("%s cannot be read, so nothing goes from it: %s; %s", self._folder, error.strerror, _REMEDY)
            return
        for used, size, path in files:
            room -= size
            if path.name != keep and (room < 0 or now - used > self._kept_for.total_seconds()):
                with contextlib.suppress(OSError):  # it goes another time
                    path.unlink(missing_ok=True)
                    _log.info("%s was not used for long and is removed", path)

    def _mac(self, path: Path, code: bytes) -> bytes:
        return hmac.digest(self._key, path.name.encode() + b"\0" + code, "sha256")

    def _compile(self, module: WasmModule) -> bytes:
        try:
            wasm = module.path.read_bytes()
        except OSError as error:
            raise ModuleBroken(f"{module.path.name} cannot be read: {error.strerror}") from error
        if hashlib.sha256(wasm).hexdigest() != module.digest.removeprefix("sha256:"):
            raise ModuleBroken(f"{module.path.name} does not have the digest that its manifest gives; install it again")
        arguments = (module.kind, int(module.metered), module.memory_bytes)
        try:
            status, code, errors = self._compilers.run(arguments, wasm, self._timeout)
        except subprocess.TimeoutExpired as error:
            raise ModuleNotCompiled(f"{module.path.name} took longer than {self._timeout} to compile") from error
        if self._compilers.ended:
            raise ModuleBroken(f"{module.path.name} was not compiled: the engine is closed")
        if status == 1:
            raise ModuleRefused(f"{module.path.name}: {_first_of(errors)}")
        if status == -signal.SIGKILL:
            raise CompilerKilled(
                f"the compiler of {module.path.name} was killed from outside; see whether the machine ran out of memory"
            )
        if status != 0:
            _log.error("compiling %s ended with %s: %s", module.path, status, _first_of(errors))
            raise ModuleNotCompiled(f"{module.path.name} made the compiler end with status {status}")
        return code


def _files_of(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """When each file was used last, and how large it is."""
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # another process removed it
            facts = path.stat()
            yield facts.st_mtime, facts.st_size, path


def _first_of(text: bytes) -> str:
    return " ".join(text.decode("utf-8", "replace").split())[:_MOST_REASON]


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _cache_key(path: Path) -> bytes:
    """The key of this data directory. One that others can read protects nothing: it is replaced."""
    for _ in range(2):
        try:
            with path.open("rb") as file:
                private = not os.fstat(file.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO)
                key = file.read()
            if private and len(key) == _MAC_SIZE:
                return key
            _log.warning("%s can be read by others or is damaged; it is replaced", path)
        except FileNotFoundError:
            pass
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        try:
            with open(draft, "xb", opener=_private) as file:
                file.write(secrets.token_bytes(_MAC_SIZE))
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    raise PermissionError(f"{path} cannot be made private; put AION_DATA_DIR on a file system with permissions")


def _processor_features() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2] for line in lines if line.startswith(("flags", "Features"))), "")
