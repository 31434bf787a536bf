"""An attacker: `python -m tests.abuse.attacker` with orders on the first line of its input attacks until that ends.

A process of its own, so that what it costs is not mistaken for what it does. Without libraries, so that it starts fast.
"""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict

from tests.abuse import http1_attacks, http2_attacks, tls_attacks
from tests.abuse.attack import Attack, Tally, Target

ATTACKS = {"http2": http2_attacks.ATTACKS, "http1": http1_attacks.ATTACKS, "tls": tls_attacks.ATTACKS}
AGAIN = 0.01
"""Seconds before a connection that was refused or ended is tried again."""

PATIENCE = 30.0
"""How long the server may take to end what it must end."""


async def _strike(attack: Attack, target: Target, tally: Tally) -> None:
    """One place of an attack: a connection, and another one whenever it was ended."""
    while True:
        try:
            reader, writer = await asyncio.open_connection(target.host, target.port)
        except OSError:
            tally.refused += 1
            await asyncio.sleep(AGAIN)
            continue
        tally.connected += 1
        ears = asyncio.create_task(_listen(reader, tally)) if attack.listening else None
        try:
            await _send(attack.script(target), attack, writer, tally, ears)
            if ears is not None:
                await ears
            else:
                await writer.wait_closed()
            tally.ended += 1
        except OSError:
            tally.ended += 1
        finally:
            if ears is not None:
                ears.cancel()
            writer.transport.abort()
        await asyncio.sleep(AGAIN)


async def _listen(reader: asyncio.StreamReader, tally: Tally) -> None:
    while heard := await reader.read(1 << 16):
        tally.heard += len(heard)


async def _send(
    script: Iterator[bytes],
    attack: Attack,
    writer: asyncio.StreamWriter,
    tally: Tally,
    ears: "asyncio.Task[None] | None",
) -> None:
    """Bursts at their due times; those that are late follow at once."""
    began = time.monotonic()
    for turn, burst in enumerate(script):
        if writer.is_closing() or (ears is not None and ears.done()):
            return
        writer.write(burst)
        tally.bursts += 1
        tally.bytes += len(burst)
        await writer.drain()
        await asyncio.sleep(max(0.0, began + (turn + 1) / attack.per_second - time.monotonic()))


async def _attack(attack: Attack, target: Target, tally: Tally) -> None:
    """Goes on until it is cancelled, on as many connections as it has."""
    strikes = [asyncio.create_task(_strike(attack, target, tally)) for _ in range(attack.connections)]
    try:
        await asyncio.gather(*strikes)
    finally:
        for strike in strikes:
            strike.cancel()
        await asyncio.gather(*strikes, return_exceptions=True)


async def _until_told(attacks: list[tuple[Attack, Target]]) -> list[Tally]:
    tallies = [Tally() for _ in attacks]
    running = [
        asyncio.create_task(_attack(attack, target, tally))
        for (attack, target), tally in zip(attacks, tallies, strict=True)
    ]
    both = list(zip((attack for attack, _ in attacks), tallies, strict=True))
    await _until(lambda: all(tally.connected + tally.refused >= attack.connections for attack, tally in both))
    sys.stdout.write("under way\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
    await _until(lambda: all(tally.ended for attack, tally in both if attack.ends))
    for one in running:
        one.cancel()
    for tally, outcome in zip(tallies, await asyncio.gather(*running, return_exceptions=True), strict=True):
        if not isinstance(outcome, asyncio.CancelledError):
            tally.trouble.append(repr(outcome))
    return tallies


async def _until(look: Callable[[], bool]) -> None:
    """Until it is so, or has taken too long: then the tallies show it."""
    give_up = time.monotonic() + PATIENCE
    while not look() and time.monotonic() < give_up:  # noqa: ASYNC110 # it looks at counts that many change
        await asyncio.sleep(AGAIN)


def main() -> None:
    """Takes the orders, attacks, and says in the end what each came to."""
    orders = json.loads(sys.stdin.buffer.readline())
    attacks = [(ATTACKS[one["family"]][one["attack"]], Target(**one["target"])) for one in orders]
    sys.stdout.write(json.dumps([asdict(tally) for tally in asyncio.run(_until_told(attacks))]))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
