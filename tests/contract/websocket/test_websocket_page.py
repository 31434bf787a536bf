"""docs/websocket.md says what the code does: its tables are held against the code's own."""

import re
from pathlib import Path

from aion.adapters.transports.web.patrol import STALL_SECONDS, Patrol
from aion.adapters.transports.websocket.closing import Close
from aion.adapters.transports.websocket.frames import Kind
from tests.contract.websocket.conftest import a_stage

PAGE = (Path(__file__).parents[3] / "docs" / "websocket.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[str]:
    """The first cells of the table below a heading."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| (.+?) \|", section, re.MULTILINE)[1:]


def test_the_page_lists_every_close_code():
    assert [int(row) for row in rows("Close codes")] == sorted(Close)


def test_the_page_lists_every_frame_of_a_client():
    assert {row.strip("`") for row in rows("What you send")} == set(Kind)


async def test_the_patrol_cuts_a_websocket_whose_client_stopped_and_no_other():
    """4.8 A client that takes nothing for 30 s is cut, also when there is nothing more to say to it."""
    async with a_stage() as stage, Patrol(stage.connections, every=3600) as patrol, stage.socket() as socket:
        [connection] = stage.connections
        patrol.look(0.0)
        patrol.look(STALL_SECONDS)
        assert not connection.transport.is_closing()
        connection.pause_writing()
        patrol.look(0.0)
        patrol.look(STALL_SECONDS)
        assert connection.transport.is_closing()
        await socket.wire.wait_closed()
