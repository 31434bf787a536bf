"""`make demo`: AION's main job before your eyes. Starts servers and workers, runs real tasks over every door, checks.

Exits 0 only when every answer was right. What is left behind in build/demo are compiled modules, which make the next
run quick.
"""

import sys
import time
from collections.abc import Callable
from functools import partial

from scripts.demo import clock_and_calls, doors, modules, overview, socket_and_typescript, workers_apart
from scripts.demo.processes import Server, running_server
from scripts.demo.terminal import say, since


def main() -> int:
    """Runs every step; the exit code says whether all of them were right."""
    began = time.monotonic()
    receiver = clock_and_calls.Receiver()
    steps: tuple[tuple[str, Callable[[Server], None]], ...] = (
        ("gRPC: submit and wait", doors.over_grpc),
        ("REST: submit and wait", doors.over_rest),
        ("SSE: watch tokens arrive, cut the stream, resume at the offset", doors.over_sse),
        ("WebSocket: two tasks over one connection, opened by a ticket", socket_and_typescript.over_websocket),
        ("Python SDK: the same key twice is one task", doors.over_sdk),
        ("TypeScript SDK: its own example, as built here", socket_and_typescript.over_typescript),
        ("aionctl: from a file to a table", doors.over_aionctl),
        ("Modules: a letter, a report and a table, read", modules.useful_results),
        ("A module of one's own: tested, packed, installed while the server runs", modules.module_of_ones_own),
        ("A schedule fires, a webhook tells of the end", partial(clock_and_calls.fires_and_tells, receiver=receiver)),
        ("What is wrong is refused, with the field and the remedy", doors.refused),
    )
    say.print("starting AION; the first time it compiles its modules ...")
    with receiver.listening(), running_server(AION_WEBHOOK_ALLOW=receiver.address) as server:
        say.print(f"[bold]AION serves[/] gRPC on {server.grpc} and HTTP on {server.http}; ready in {since(began)}\n")
        for title, step in steps:
            say.rule(f"[bold]{title}", align="left")
            step(server)
            say.print()
        overview.show_what_happened(server, at_least=len(steps))
    say.rule("[bold]Workers apart: one is killed in the middle, another takes over", align="left")
    workers_apart.worker_is_killed_and_replaced()
    say.print(f"\n[bold green]All right.[/] Everything is stopped; the whole demo took {since(began)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
