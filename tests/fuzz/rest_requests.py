"""Requests as REST takes them: verb, path, query and JSON, each of which may be off."""

import re
from random import Random
from typing import Any
from urllib.parse import quote

from aion.adapters.transports.json.form import json_form
from tests.e2e.transcoding import bindings
from tests.fuzz import damaged_json, heads
from tests.fuzz.documents import members_of
from tests.fuzz.known import Known
from tests.fuzz.messages import Author
from tests.fuzz.requests import Cell, Request

DAMAGED, STRAYS, ODD_HEAD, FLOODS = 0.25, 0.06, 0.1, 0.005

_ODD_STEPS = (
    b"",
    b"%2e%2e",
    b"..",
    b"%2F",
    b"%5c",
    b"a%2Fb",
    b"%00",
    b"%zz",
    b"%",
    b"%c3%28",
    b"%ff",
    b"\xc3\xa9",
    b"a:watch",
    b":",
    b"*",
    b"{task_id}",
    b"a;b=c",
    b"x" * 3000,
    b"%25" * 50,
)
_ODD_QUERIES = (
    b"?",
    b"&&&",
    b"=",
    b"a",
    b"unknown=1",
    b"page_size=",
    b"page_size=%D9%A3",
    b"page_size=1&page_size=2",
    b"page_size[]=1",
    b"page_size=1e3",
    b"page_token=%ff",
    b"page_token=%00",
    b"states=TASK_STATE_OK,TASK_STATE_ERROR",
    b"states=3&states=3",
    b"states=99999999999",
    b"%zz=%zz",
    b"ticket=x",
    b"ticket=a&ticket=b",
    b"after_offset=-1",
    b"after_offset=9223372036854775808",
    b"after_offset=0.5",
    b"task_id=a",
    b"&".join(b"k%d=v" % number for number in range(500)),
    b"x=" + b"y" * 20_000,
)
_VERBS = ("GET", "PUT", "DELETE", "PATCH", "POST", "OPTIONS", "TRACE", "PROPFIND", "BREW", "post")


def compose(rng: Random, cell: Cell, known: Known) -> Request:
    """The next request to a cell."""
    verb, template, body_field = rng.choice(bindings(cell.method))
    members = members_of(Author(rng, known).write(cell.method.request), json_form)
    path = _path(rng, template, members)
    strays = rng.random() < STRAYS
    content, query = _split(members, body_field)
    body = b"" if content is None else _body(rng, content)
    pairs = [(name, value) for name, value in query.items() if not isinstance(value, dict)]
    asked = "&".join(f"{quote(name)}={quote(str(one))}" for name, value in pairs for one in _each(value)).encode()
    if strays:
        verb, path, asked = _stray(rng, verb, path, asked)
    elif rng.random() < 0.05 and not body_field:
        asked = b"&".join(filter(None, (asked, rng.choice(_ODD_QUERIES))))
    head: heads.Head = [("host", b"127.0.0.1"), *((name, value.encode()) for name, value in known.headers.items())]
    if body:
        head.append(("content-type", b"application/json"))
    head = heads.with_fields(rng, cell, head)
    odd = rng.random()
    if odd < ODD_HEAD:
        head = heads.odd_head(rng, head, http=True)
    floods = odd > 1 - FLOODS
    if floods:
        head = heads.flood(rng, head)
    target = path + (b"?" + asked if asked else b"")
    waits = heads.asks_for_time(head) or b"wait" in body
    return Request(cell, body, verb, target, tuple(head), strays=strays or odd < ODD_HEAD, waits=waits, floods=floods)


def _path(rng: Random, template: str, members: dict[str, Any]) -> bytes:
    def step(match: "re.Match[str]") -> str:
        value = str(members.pop(match.group(1), ""))
        return quote(value, safe="") or "-"

    return re.sub(r"\{(\w+)\}", step, template).encode()


def _split(members: dict[str, Any], body_field: str) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """What goes into the body (None: there is none), and what into the query."""
    if body_field == "*":
        return members, {}
    if not body_field:
        return None, members
    content = members.pop(body_field, {})
    return (content if isinstance(content, dict) else {}), members


def _body(rng: Random, content: dict[str, Any]) -> bytes:
    return damaged_json.damaged(rng, content) if rng.random() < DAMAGED else damaged_json.written(content)


def _each(value: Any) -> list[Any]:
    listed = value if isinstance(value, list) else [value]
    return [str(one).lower() if isinstance(one, bool) else one for one in listed]


def _stray(rng: Random, verb: str, path: bytes, query: bytes) -> tuple[str, bytes, bytes]:
    share = rng.random()
    if share < 0.2:
        return rng.choice(_VERBS), path, query
    if share < 0.5:
        return verb, path, rng.choice(_ODD_QUERIES)
    steps = path.split(b"/")
    place = rng.randrange(1, len(steps))
    if share < 0.8:
        steps[place] = rng.choice(_ODD_STEPS)
    elif share < 0.9:
        steps.insert(place, rng.choice((b"", b".", b"..", b"v1", b"tasks")))
    else:
        del steps[place]
    return verb, b"/".join(steps) or b"/", query
