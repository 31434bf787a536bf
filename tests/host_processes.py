"""Which processes a server's WASM hosts are, so that a test can kill or stop one."""

from pathlib import Path

_HOST = b"aion.adapters.engines.wasm.host"


def hosts_of(server: int) -> list[int]:
    """The process ids of the hosts that this process has started."""
    threads = Path(f"/proc/{server}/task").iterdir()
    children = [int(pid) for thread in threads for pid in (thread / "children").read_text().split()]
    return [pid for pid in children if _HOST in _command_line(pid)]


def _command_line(pid: int) -> list[bytes]:
    """What a process was started with; nothing once it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return []
