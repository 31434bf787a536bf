"""A guest's linear memory, as host functions read and write it: every access is checked against its present size."""

import ctypes
from ctypes import addressof, byref, c_int, c_ssize_t, c_void_p, py_object
from struct import Struct

from wasmtime import _bindings as capi

from aion.adapters.engines.wasm.host import native
from aion.adapters.engines.wasm.host.endings import BadAddress

_NAME = b"memory"
_U32 = Struct("<I")
_U64 = Struct("<Q")
_PAIR = Struct("<II")
_WRITABLE = 0x200
_view_of = ctypes.PYFUNCTYPE(py_object, c_void_p, c_ssize_t, c_int)(("PyMemoryView_FromMemory", ctypes.pythonapi))


class GuestMemory:
    """The memory of one instance. Its address is fixed for the instance's life, its size only grows."""

    __slots__ = ("_context", "_export", "_memory", "_view", "size")

    def __init__(self) -> None:
        self._export = capi.wasmtime_extern_t()
        self._memory = addressof(self._export.of.memory)
        self._context: int | None = None
        self._view = memoryview(b"")
        self.size = 0

    def attach(self, context: int, instance: int) -> None:
        """Finds the memory of a new instance; the compiler has seen to it that there is one."""
        self._found(context, native.instance_export_get(context, instance, _NAME, len(_NAME), byref(self._export)))

    def attach_early(self, context: int, caller: int) -> None:
        """Finds the memory through a host call of a start section, when there is no instance yet."""
        self._found(context, native.caller_export_get(caller, _NAME, len(_NAME), byref(self._export)))

    def _found(self, context: int, found: bool) -> None:
        if not found:
            raise BadAddress("the module exports no memory")
        self._context = context
        self.grown_to()

    def detach(self) -> None:
        """The instance is gone."""
        self._context = None
        self._view = memoryview(b"")
        self.size = 0

    @property
    def attached(self) -> bool:
        """Whether the memory of the running instance is known."""
        return self._context is not None

    def grown_to(self) -> int:
        """Its size now, in bytes."""
        if self._context is not None:
            size = native.memory_data_size(self._context, self._memory)
            if size != self.size:
                self._view = _view_of(native.memory_data(self._context, self._memory), size, _WRITABLE)
                self.size = size
        return self.size

    def _check(self, end: int) -> None:
        if end > self.size and end > self.grown_to():
            raise BadAddress(f"byte {end} lies outside the guest's memory")

    def read(self, start: int, length: int) -> bytes:
        """A copy of guest memory."""
        end = start + length
        self._check(end)
        return bytes(self._view[start:end])

    def read_pair(self, start: int) -> tuple[int, int]:
        """Two 32-bit numbers, as which a buffer is described: address and length."""
        self._check(start + 8)
        first, second = _PAIR.unpack_from(self._view, start)
        return first, second

    def write(self, start: int, data: bytes) -> None:
        """Copies into guest memory."""
        end = start + len(data)
        self._check(end)
        self._view[start:end] = data

    def write_u32(self, start: int, value: int) -> None:
        """Writes a 32-bit number."""
        self._check(start + 4)
        _U32.pack_into(self._view, start, value)

    def write_u64(self, start: int, value: int) -> None:
        """Writes a 64-bit number."""
        self._check(start + 8)
        _U64.pack_into(self._view, start, value)
