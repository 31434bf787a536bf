"""What a host gives up before it runs anything that it does not trust.

The sandbox is WebAssembly; this is the wall behind it. A host outlives its supervisor by no instant, writes no core
(it would hold tenants' data), gains no privileges, has few file descriptors, and is what the kernel ends first when
memory runs out.
"""

import contextlib
import ctypes
import os
import resource
import signal
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_MOST_FILES = 256


def confine(supervisor: int) -> None:
    """Confines this process. Exits at once when the supervisor is already gone."""
    libc = ctypes.CDLL(None, use_errno=True)
    for option, value in ((_PR_SET_PDEATHSIG, signal.SIGKILL), (_PR_SET_NO_NEW_PRIVS, 1)):
        if libc.prctl(option, int(value), 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), f"prctl({option}) failed")
    if os.getppid() != supervisor:
        raise SystemExit(0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MOST_FILES, _MOST_FILES))
    # Some containers do not let a process raise its own score; the order of the kernel's choice is then its own.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800")
