"""What a trap or a failed exit means, in words for the module's author.

wasmtime does not say that it refused a guest more memory. A guest that dies of it looks like any other trap; it is
recognised by a memory that had nearly reached its limit, or by what its allocator said last.
"""

from aion.adapters.engines.wasm.host.attempt import Attempt
from aion.adapters.engines.wasm.host.endings import GuestEnds, failed

_OUT_OF_FUEL = 11
_KINDS = {
    0: "the call stack is exhausted",
    1: "access outside its memory",
    2: "a misaligned atomic access",
    3: "access outside a table",
    4: "an indirect call to nothing",
    5: "an indirect call with another signature",
    6: "an integer overflow",
    7: "an integer division by zero",
    8: "a number that does not fit an integer",
    9: "unreachable code was reached",
    12: "an atomic wait on memory that is not shared",
    13: "a null reference",
    14: "access outside an array",
    15: "an allocation that is too large",
    16: "a failed cast",
    49: "an exception that nobody caught",
}
_ALLOCATORS_LAST_WORDS = ("memory allocation of", "out of memory", "bad_alloc", "cannot allocate memory", "memoryerror")
_MIB = 1 << 20
_REFUSED = 2
"""The exit status of a module that refuses its input, by ABI v1."""


_PHRASES = {
    "call stack exhausted": 0,
    "out of bounds memory access": 1,
    "undefined element: out of bounds table access": 3,
    "uninitialized element": 4,
    "indirect call type mismatch": 5,
    "integer overflow": 6,
    "integer divide by zero": 7,
    "invalid conversion to integer": 8,
    "`unreachable` instruction executed": 9,
    "all fuel consumed": _OUT_OF_FUEL,
}
_MOST_CAUSE = 200


def component_ending(error: str, attempt: Attempt, *, status: int = 0) -> GuestEnds:
    """The ending for what wasmtime says of a component, which has no trap codes, or for an exit status."""
    code = next((code for phrase, code in _PHRASES.items() if phrase in error), None)
    what = _last_cause(error)[:_MOST_CAUSE]
    return trap_ending(code, error, 0, attempt, status=status, otherwise=f"it broke the rules of components: {what}")


def _last_cause(error: str) -> str:
    """The last of the causes that wasmtime lists, indented and numbered; names that a guest gave may stand in it."""
    last = error.rstrip().rpartition("\n")[2]
    if not last.startswith(" "):
        return error
    number, colon, cause = last.lstrip(" ").partition(": ")
    return cause if colon and number.isascii() and number.isdigit() else last.lstrip(" ")


def trap_ending(
    code: int | None,
    error: str,
    memory: int,
    attempt: Attempt,
    *,
    status: int = 0,
    otherwise: str = "it cannot be instantiated",
) -> GuestEnds:
    """The ending for a trap's code, an error's text or an exit status. `memory` is what the guest has, 0 unknown."""
    order, words = attempt.order, attempt.output.last_words
    if code == _OUT_OF_FUEL:
        return failed(
            "FUEL_EXHAUSTED",
            f"the module burnt its fuel of {order.fuel}; raise resources.fuel in its manifest, or send less input",
        )
    if "memory limits" in error or (code in (None, 9, 15, 49) and _lacks_memory(memory, order.memory_bytes, words)):
        return failed(
            "MEMORY_EXCEEDED",
            f"the module asked for more than its {order.memory_bytes} bytes of memory; raise resources.memory in its "
            "manifest, or send less input",
        )
    said = f": {words}" if words else ""
    if status:
        # A refused input is refused the next time as well.
        may_pass = status != _REFUSED
        return failed("MODULE_FAILED", f"the module exited with status {status}{said}", retryable=may_pass)
    what = _KINDS.get(code, "a trap") if code is not None else otherwise
    return failed("MODULE_TRAPPED", f"the module trapped: {what}{said}")


def _lacks_memory(memory: int, limit: int, words: str) -> bool:
    lowered = words.lower()
    nearly_full = memory > 0 and memory + max(_MIB, limit // 8) > limit
    return nearly_full or any(sign in lowered for sign in _ALLOCATORS_LAST_WORDS)
