"""The matrix: which RPC is served by which transport, from descriptors and from the gaps that are named.

`python -m tests.contract.transports.matrix` writes its table into docs/transports.md.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aion.adapters.rpc.methods import Method
from tests.e2e.faces import BY_NAME, Face
from tests.e2e.transcoding import bindings

GAPS = Path(__file__).with_name("gaps.toml")
PAGE = Path(__file__).parents[3] / "docs" / "transports.md"
TRANSPORTS = {
    "grpc": "gRPC",
    "rest": "REST",
    "sse": "SSE",
    "ws": "WebSocket",
    "connect-json": "Connect JSON",
    "connect-proto": "Connect binary",
    "grpc-web": "gRPC-Web",
}
BEGIN, END = "<!-- the table begins -->", "<!-- the table ends -->"


@dataclass(frozen=True)
class Gap:
    """RPCs that a transport does not serve."""

    transport: str
    reason: str
    rpcs: tuple[str, ...]


@cache
def gaps() -> tuple[Gap, ...]:
    """Everything that is named."""
    found = tomllib.loads(GAPS.read_text(encoding="utf-8"))["gap"]
    return tuple(Gap(gap["transport"], gap["reason"], tuple(gap["rpcs"])) for gap in found)


def is_served(name: str, transport: str) -> bool:
    """Whether a cell exists."""
    return not any(gap.transport == transport and name in gap.rpcs for gap in gaps())


def transport_of(face: Face, method: Method) -> str:
    """The column that a face fills: REST with its streams are two."""
    return "sse" if face.name == "rest" and method.streams else face.name


def serving(faces: tuple[Face, ...], name: str) -> list[Face]:
    """The faces that serve an RPC."""
    return [face for face in faces if is_served(name, transport_of(face, BY_NAME[name]))]


def table() -> str:
    """The table of docs/transports.md, and the reasons of its gaps."""
    numbered = {(gap.transport, name): index for index, gap in enumerate(gaps(), 1) for name in gap.rpcs}
    lines = [f"| RPC | {' | '.join(TRANSPORTS.values())} |", f"|---|{'---|' * len(TRANSPORTS)}"]
    for name, method in BY_NAME.items():
        cells = [_cell(method, transport, numbered.get((transport, name))) for transport in TRANSPORTS]
        lines.append(f"| `{method.path.split('/')[1].split('.')[-1]}.{name}` | {' | '.join(cells)} |")
    reasons = [f"{index}. {TRANSPORTS[gap.transport]}: {gap.reason}." for index, gap in enumerate(gaps(), 1)]
    return "\n".join([*lines, "", "Gaps, by their number in the table:", "", *reasons])


def page() -> str:
    """docs/transports.md as it must be."""
    text = PAGE.read_text(encoding="utf-8")
    return re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n\n{table()}\n\n{END}", text, flags=re.DOTALL)


def _cell(method: Method, transport: str, gap: int | None) -> str:
    if gap is not None:
        return f"– {gap}"
    if transport in ("rest", "sse"):
        return "<br>".join(f"`{verb} {path}`" for verb, path, _ in bindings(method))
    return "yes"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
