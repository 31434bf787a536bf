"""The WebSocket's path, asked without a handshake."""

import httpx2
import pytest


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_path_of_the_websocket_says_that_it_speaks_websocket_only(client: httpx2.AsyncClient, method):
    answer = await client.request(method, "/v1/ws")
    assert (answer.status_code, answer.headers["upgrade"]) == (426, "websocket")
    assert answer.json()["reason"] == "METHOD_NOT_FOUND"
    assert "aion.v1.json" in answer.json()["detail"]
