"""One request to one RPC over one transport, ready to be sent, and what its sender must know to judge the answer."""

from dataclasses import dataclass

from google.protobuf.message import Message

from aion.adapters.rpc.methods import Method
from tests.contract.transports.matrix import is_served
from tests.e2e.faces import BY_NAME


@dataclass(frozen=True, slots=True)
class Cell:
    """One RPC over one transport."""

    transport: str
    method: Method

    @property
    def name(self) -> str:
        """Such as `grpc/Submit`."""
        return f"{self.transport}/{self.method.name}"


def cells_of(transport: str) -> list[Cell]:
    """Every RPC that a transport serves, from the descriptors."""
    return [Cell(transport, method) for method in BY_NAME.values() if is_served(method.name, transport)]


@dataclass(frozen=True, slots=True)
class Request:
    """Bytes to send. `head` is what stands before them: HTTP headers, or gRPC metadata.

    `strays`: verb, path or head are damaged, so that it may be refused before an RPC is found. `waits`: it may ask the
    server to wait, so its sender may leave before the answer. `floods`: its head is larger than servers take.
    """

    cell: Cell
    body: bytes
    verb: str = "POST"
    target: bytes = b""
    head: tuple[tuple[str, bytes], ...] = ()
    timeout: float | None = None
    strays: bool = False
    waits: bool = False
    floods: bool = False

    def shown(self, most: int = 600) -> str:
        """For people: everything that was sent, cut."""
        head = b"\n".join(name.encode() + b": " + value[:100] for name, value in self.head if name != "authorization")
        as_text = self.body[:most].decode("utf-8", "backslashreplace")
        parts = [f"{self.verb} {self.target[:300]!r}", f"head {head[:most]!r}", f"timeout {self.timeout}"]
        return "\n  ".join(
            [*parts, f"body of {len(self.body)} bytes: {self.body[:most].hex()}", f"as text: {as_text!r}"]
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a gRPC code by name, a reason of the error table or none, and every byte for a look.

    `left`: the sender did not wait for the end. `bare`: refused by the transport's own machinery, which knows no
    reasons. `wrong` says what is malformed about it.
    """

    code: str
    reason: str = ""
    raw: bytes = b""
    http_status: int = 0
    marked: bool = True
    left: bool = False
    bare: bool = False
    wrong: str = ""
    messages: tuple[Message, ...] = ()
