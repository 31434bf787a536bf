"""WASI preview 1 as a guest sees it: three streams, clocks, randomness, exit; everything else does not exist.

Every function of the standard is defined, so that any module links; what is not granted answers ENOSYS. One object
serves one lane: `attempt` and `memory` are those of the guest that runs on it now.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import wasmtime

from aion.adapters.engines.wasm.host import native, wasi_streams, wasi_time
from aion.adapters.engines.wasm.host.endings import BadAddress, GuestExits
from aion.adapters.engines.wasm.host.guest_memory import GuestMemory
from aion.adapters.engines.wasm.host.wasi_errors import FAULT, NOSYS

if TYPE_CHECKING:
    from aion.adapters.engines.wasm.host.attempt import Attempt

HostFunction = Callable[["Preview1", native.Words], int]
"""Takes the call's values, four words each, and returns an error number."""

MODULE = "wasi_snapshot_preview1"

SIGNATURES = {
    "args_get": "ii",
    "args_sizes_get": "ii",
    "clock_res_get": "ii",
    "clock_time_get": "iIi",
    "environ_get": "ii",
    "environ_sizes_get": "ii",
    "fd_advise": "iIIi",
    "fd_allocate": "iII",
    "fd_close": "i",
    "fd_datasync": "i",
    "fd_fdstat_get": "ii",
    "fd_fdstat_set_flags": "ii",
    "fd_fdstat_set_rights": "iII",
    "fd_filestat_get": "ii",
    "fd_filestat_set_size": "iI",
    "fd_filestat_set_times": "iIIi",
    "fd_pread": "iiiIi",
    "fd_prestat_dir_name": "iii",
    "fd_prestat_get": "ii",
    "fd_pwrite": "iiiIi",
    "fd_read": "iiii",
    "fd_readdir": "iiiIi",
    "fd_renumber": "ii",
    "fd_seek": "iIii",
    "fd_sync": "i",
    "fd_tell": "ii",
    "fd_write": "iiii",
    "path_create_directory": "iii",
    "path_filestat_get": "iiiii",
    "path_filestat_set_times": "iiiiIIi",
    "path_link": "iiiiiii",
    "path_open": "iiiiiIIii",
    "path_readlink": "iiiiii",
    "path_remove_directory": "iii",
    "path_rename": "iiiiii",
    "path_symlink": "iiiii",
    "path_unlink_file": "iii",
    "poll_oneoff": "iiii",
    "proc_exit": "i",
    "proc_raise": "i",
    "random_get": "ii",
    "sched_yield": "",
    "sock_accept": "iii",
    "sock_recv": "iiiiii",
    "sock_send": "iiiii",
    "sock_shutdown": "ii",
}
"""Every function of preview 1 with its parameters: `i` is 32 bits wide, `I` 64. All but proc_exit return 32 bits."""


def _proc_exit(_: "Preview1", values: native.Words) -> int:
    raise GuestExits(values[0])


_GRANTED: "dict[str, HostFunction]" = {
    "args_get": wasi_streams.nothing_to_copy,
    "args_sizes_get": wasi_streams.nothing_given,
    "environ_get": wasi_streams.nothing_to_copy,
    "environ_sizes_get": wasi_streams.nothing_given,
    "fd_close": wasi_streams.fd_close,
    "fd_fdstat_get": wasi_streams.fd_fdstat_get,
    "fd_filestat_get": wasi_streams.fd_filestat_get,
    "fd_prestat_dir_name": wasi_streams.fd_prestat,
    "fd_prestat_get": wasi_streams.fd_prestat,
    "fd_read": wasi_streams.fd_read,
    "fd_seek": wasi_streams.fd_seek,
    "fd_tell": wasi_streams.fd_seek,
    "fd_write": wasi_streams.fd_write,
    "clock_res_get": wasi_time.clock_res_get,
    "clock_time_get": wasi_time.clock_time_get,
    "poll_oneoff": wasi_time.poll_oneoff,
    "proc_exit": _proc_exit,
    "random_get": wasi_time.random_get,
    "sched_yield": wasi_time.sched_yield,
}


class Preview1:
    """The host functions of one lane."""

    def __init__(self) -> None:
        self.memory = GuestMemory()
        self.attempt: Attempt
        self._context = 0
        # wasmtime keeps addresses of these; they must live as long as the linker.
        self._callbacks: list[object] = []

    def enter(self, attempt: "Attempt", context: int) -> None:
        """From now on the functions serve this attempt, whose store has this context."""
        self.attempt = attempt
        self._context = context
        self.memory.detach()

    def define(self, linker: wasmtime.Linker) -> None:
        """Defines every function on the linker."""
        module = MODULE.encode()
        types = {"i": wasmtime.ValType.i32, "I": wasmtime.ValType.i64}
        for name, signature in SIGNATURES.items():
            results = [] if name == "proc_exit" else [wasmtime.ValType.i32()]
            kind = wasmtime.FuncType([types[letter]() for letter in signature], results)
            callback = self._callback(_GRANTED.get(name))
            self._callbacks.append(callback)
            error = native.linker_define_function(
                native.address(linker.ptr()),
                module,
                len(module),
                name.encode(),
                len(name),
                native.address(kind.ptr()),
                callback,
                None,
                None,
            )
            if error:
                raise RuntimeError(f"wasmtime refused to define {name}: {native.take_error_message(error)}")

    def _callback(self, function: "HostFunction | None") -> object:
        def refuse(_env: int, _caller: int, values: native.Words, _count: int) -> None:
            values[0] = NOSYS

        def serve(_env: int, caller: int, values: native.Words, _count: int) -> int | None:
            assert function is not None
            try:
                if not self.memory.attached:
                    self.memory.attach_early(self._context, caller)
                values[0] = function(self, values)
            except BadAddress:
                values[0] = FAULT
            except BaseException as ending:  # noqa: BLE001 nothing may be raised through WebAssembly
                self.attempt.ending = ending
                return native.new_trap(b"the host ended the attempt")
            return None

        return native.HostCallback(serve if function else refuse)
